import unsanitized from "eslint-plugin-no-unsanitized";
import globals from "globals";

const RULES = {
  "no-undef": "error",
  "no-unused-vars": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "no-script-url": "error",
  "no-var": "error",
  "prefer-const": ["error", { destructuring: "all" }],
  eqeqeq: "error",
  "no-empty": "error",
  "no-control-regex": "error",
  "no-shadow-restricted-names": "error",
};

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  unsanitized.configs.recommended,
  {
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: 2025, sourceType: "module", globals: { ...globals.browser, chrome: "readonly" } },
    rules: RULES,
  },
  { files: ["**/content/*.js"], languageOptions: { sourceType: "script" } },
];
