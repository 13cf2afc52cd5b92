// A file of its own, because the page's policy allows no script inside it.

/** What screen readers miss in Swagger UI: names for two kinds of field, and no link inside a button that leads there too. */
const accessible = ({ React: { createElement } }) => ({
  components: { DeepLink: ({ text }) => createElement("span", null, text) },
  wrapComponents: {
    TextArea: (TextArea) => (props) => createElement(TextArea, { "aria-label": "Body", ...props }),
    ExamplesSelect: (Select) => (props) =>
      createElement("label", null, createElement(Select, { ...props, showLabels: true })),
  },
});

/** There is one server, the one that serves this page, so there is nothing to choose. */
const noServerChoice = () => ({ components: { ServersContainer: () => null } });

SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: "openapi.json",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  plugins: [accessible, noServerChoice],
});
