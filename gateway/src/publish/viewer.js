"use strict";

// Schemas refer to each other from the address they are known by, which is no server; they are read where this page is.
const KNOWN_BY = "https://yizhan.example/schemas/v1/";
const READ_AT = new URL("schemas/", location.href).href;

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  // A viewer sends no messages: those belong to a client, with its purpose and its record.
  supportedSubmitMethods: [],
  // No judge of the document outside.
  validatorUrl: null,
  requestInterceptor(request) {
    if (request.url.startsWith(KNOWN_BY)) {
      request.url = READ_AT + request.url.slice(KNOWN_BY.length);
    }
    return request;
  },
});
