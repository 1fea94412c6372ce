import js from "@eslint/js";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist", "out", ".demo", ".servers", "node_modules"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-require-imports": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "max-lines": ["error", { max: 400 }],
    },
  },
  // Written by a script, as long as there are arguments.
  { files: ["**/arguments.generated.ts"], rules: { "max-lines": "off" } },
  // Programs of users: their types are checked against the package, each with its own settings, by a test.
  { files: ["examples/**/*.ts"], extends: [ts.configs.disableTypeChecked] },
  {
    files: ["**/*.mjs", "**/*.cjs", "**/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        ["process", "console", "require", "module", "exports", "__dirname", "URL"].map((name) => [name, "readonly"]),
      ),
    },
  },
);
