//! Many at once.

use std::future::Future;
use std::task::Poll;

/// All of them at once, in their order.
pub(super) async fn together<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = all.map(Box::pin).map(|future| (Some(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, result) in &mut waiting {
            if let Some(waited) = future {
                match waited.as_mut().poll(context) {
                    Poll::Ready(value) => {
                        *result = Some(value);
                        *future = None;
                    }
                    Poll::Pending => ready = false,
                }
            }
        }
        if ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_of_many_are_waited_for_in_their_order() {
        let all = (0..5_u64).map(|n| async move {
            tokio::time::sleep(std::time::Duration::from_millis(5 * (5 - n))).await;
            n
        });
        assert_eq!(together(all).await, [0, 1, 2, 3, 4]);
    }
}
