// A separate file, because the page's Content-Security-Policy allows no inline script.

/** Adds the labels that screen readers need and removes a link nested in a button. */
const accessible = ({ React: { createElement } }) => ({
  components: { DeepLink: ({ text }) => createElement("span", null, text) },
  wrapComponents: {
    TextArea: (TextArea) => (props) => createElement(TextArea, { "aria-label": "Body", ...props }),
    ExamplesSelect: (Select) => (props) =>
      createElement("label", null, createElement(Select, { ...props, showLabels: true })),
  },
});

/** Hides the choice of server: the only one serves this page. */
const noServerChoice = () => ({ components: { ServersContainer: () => null } });

SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: "openapi.json",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  plugins: [accessible, noServerChoice],
});
