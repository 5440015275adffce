// The page's own script: a strict policy allows none inside the page.
const { openapi } = document.currentScript.dataset;

addEventListener('DOMContentLoaded', () => {
  SwaggerUIBundle({
    url: openapi,
    dom_id: '#page',
    deepLinking: true,
    displayRequestDuration: true,
    // A key typed in stays for the session of this tab's page, and nowhere else.
    persistAuthorization: false,
    // Else the document's address is sent to a service of Swagger's.
    validatorUrl: null,
    syntaxHighlight: { activated: true },
  });
});
