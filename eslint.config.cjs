// Modules of the web client (ES modules, Odoo's loader) and the tours that test them.
const globals = require("globals");

module.exports = [
  {ignores: [".dev/**", ".venv/**"]},
  {
    files: ["aftersales_*/static/**/*.js"],
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "module",
      globals: {...globals.browser, odoo: "readonly", luxon: "readonly", owl: "readonly"},
    },
    linterOptions: {reportUnusedDisableDirectives: "error"},
    rules: {
      "array-callback-return": "error",
      "consistent-return": "error",
      curly: "error",
      eqeqeq: ["error", "smart"],
      "no-console": "error", // each line on the console fails a tour or hides one that should
      "no-const-assign": "error",
      "no-debugger": "error",
      "no-dupe-class-members": "error",
      "no-dupe-keys": "error",
      "no-eval": "error",
      "no-fallthrough": "error",
      "no-implied-eval": "error",
      "no-redeclare": "error",
      "no-shadow": "error",
      "no-throw-literal": "error",
      "no-undef": "error",
      "no-unreachable": "error",
      "no-unused-vars": ["error", {argsIgnorePattern: "^_"}],
      "no-var": "error",
      "no-warning-comments": ["error", {terms: ["todo", "fixme", "xxx"]}],
      "prefer-const": "error",
      "prefer-template": "error",
      "valid-typeof": "error",
    },
  },
];
