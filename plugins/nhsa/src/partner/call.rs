//! One HTTP call, with the transport signature where the partner wants it (domain 1.3).

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Call, Chunk, Context, DigestAlgorithm, Fault, Header, HttpCall, HttpMethod, Intent, KeyError, Piece,
    Secret, SecretForm, Transport,
};
use yizhan_adapter::fault;

use crate::settings::{PAASID_KEY, Settings, TOKEN_KEY};

/// One call, as long as somebody waits for the reply.
pub(super) fn call(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    infno: &str,
    intent: Intent,
    body: String,
) -> Result<Call, Fault> {
    let mut headers =
        vec![header("content-type", "application/json; charset=utf-8"), header("accept", "application/json")];
    let mut secret_headers = Vec::new();
    if settings.transport_signature {
        headers.extend(signature(host, context)?);
        let paasid = Secret { name: PAASID_KEY.to_owned(), form: SecretForm::Raw };
        secret_headers.push(("x-tif-paasid".to_owned(), paasid));
    }
    Ok(Call {
        intent,
        transport: Transport::Http(HttpCall {
            method: HttpMethod::Post,
            target: settings.call_path.replace("{infno}", infno),
            headers,
            secret_headers,
            body: vec![Chunk::Bytes(body.into_bytes())],
        }),
        within_ms: u32::try_from(context.reply_by.saturating_sub(context.now)).unwrap_or(u32::MAX),
        listens_for: Vec::new(),
    })
}

/// `x-tif-signature = hex(SHA256(timestamp + token + nonce + timestamp))`; the host puts the token in.
fn signature(host: &dyn Host, context: &Context) -> Result<[Header; 3], Fault> {
    let timestamp = (context.now / 1000).to_string();
    let nonce = uuid(context.entropy.1, context.entropy.2);
    let input = [
        Piece::Bytes(timestamp.clone().into_bytes()),
        Piece::Secret(TOKEN_KEY.to_owned()),
        Piece::Bytes([nonce.as_str(), &timestamp].concat().into_bytes()),
    ];
    let digest = host.digest(DigestAlgorithm::Sha256, &input).map_err(|error| match error {
        KeyError::Unavailable => fault::unavailable("", "keyring unavailable", None),
        _ => fault::malformed("no usable key tif-token"),
    })?;
    let mut signature = String::with_capacity(64);
    for byte in digest {
        push_hex(&mut signature, u64::from(byte), 2);
    }
    Ok([
        header("x-tif-timestamp", &timestamp),
        header("x-tif-nonce", &nonce),
        header("x-tif-signature", &signature),
    ])
}

/// A version 4 UUID from random bits.
fn uuid(high: u64, low: u64) -> String {
    let mut text = String::with_capacity(36);
    push_hex(&mut text, high >> 32, 8);
    text.push('-');
    push_hex(&mut text, high >> 16, 4);
    text.push_str("-4");
    push_hex(&mut text, high, 3);
    text.push('-');
    push_hex(&mut text, (low >> 62) | 0b1000, 1);
    push_hex(&mut text, low >> 48, 3);
    text.push('-');
    push_hex(&mut text, low, 12);
    text
}

/// The lowest `count` hexadecimal digits.
fn push_hex(out: &mut String, value: u64, count: u32) {
    for place in (0..count).rev() {
        out.push(char::from_digit((value >> (4 * place) & 0xf) as u32, 16).unwrap_or('0'));
    }
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: value.as_bytes().to_vec() }
}
