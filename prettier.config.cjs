// For XML, JavaScript and style sheets. Run by dev/lint from .dev/node, where the plugin lies too.
module.exports = {
  printWidth: 100,
  tabWidth: 4,
  bracketSpacing: false,
  trailingComma: "es5",
  plugins: [require.resolve("@prettier/plugin-xml")],
  // Odoo's views and e-mails: white space between tags can be seen by the reader.
  xmlWhitespaceSensitivity: "preserve",
  xmlSelfClosingSpace: true,
  overrides: [{files: ["*.cjs", "*.yml"], options: {tabWidth: 2}}],
};
