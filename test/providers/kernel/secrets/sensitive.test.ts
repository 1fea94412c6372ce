import assert from "node:assert/strict";
import { z } from "zod";
import { describe as describeChanges, changesBetween } from "../../../../providers/kernel/state/changes";
import { problemsOf } from "../../../../providers/kernel/state/problems";
import {
  isSensitive,
  referencesIn,
  sensitiveIn,
  withValues,
} from "../../../../providers/kernel/secrets/sensitive-values";
import { sensitivePaths, sensitiveText } from "../../../../providers/kernel/secrets/sensitive";
import { templateModel } from "../../../../providers/vm/template.model";
import { vmModel } from "../../../../providers/vm/vm.model";
import { secret } from "../../../../secrets/reference";

const schema = z.strictObject({
  name: z.string(),
  password: sensitiveText().optional(),
  disks: z.array(z.strictObject({ key: sensitiveText(z.string().min(8, "at least 8 characters")) })).optional(),
  values: z.record(z.string(), sensitiveText()).optional(),
});
const paths = sensitivePaths(schema);

describe("sensitive fields", () => {
  it("are declared once, in the schema, at any depth", () => {
    assert.deepEqual(paths, ["password", "disks[].key", "values.*"]);
    assert.deepEqual(vmModel.sensitive.includes("cloudInit.password"), true);
    assert.deepEqual(templateModel.sensitive.includes("cloudInit.password"), true);
  });

  it("take text or a reference, and tell what is wrong without the value", () => {
    const problems = (inputs: Record<string, unknown>) =>
      problemsOf(schema, { name: "x", ...inputs }, paths).map(({ path, message }) => `${path}: ${message}`);
    assert.deepEqual(problems({ password: "text", disks: [{ key: secret("KEY", { from: "config" }) }] }), []);
    assert.deepEqual(problems({ values: { a: "text", b: secret("B") } }), []);
    const wrong = problems({
      password: ["hunter2"],
      disks: [{ key: "hunter2" }],
      values: { a: { secretRef: "A", from: "hunter2" } },
    });
    assert.equal(wrong.length, 3);
    assert.equal(wrong[0], 'password: write text, or secret("NAME")');
    assert.equal(wrong[1], "disks[0].key: at least 8 characters");
    assert.match(wrong[2] ?? "", /^values\.a\.from: Invalid option/);
    assert.ok(!JSON.stringify(wrong).includes("hunter2"));
  });

  it("are found by their paths", () => {
    assert.ok(isSensitive("disks[3].key", paths) && isSensitive("disks[3].key.secretRef", paths));
    assert.ok(
      !isSensitive("disks[3].keys", paths) && !isSensitive("password2", paths) && !isSensitive("values", paths),
    );
    const inputs = { name: "x", password: secret("P"), disks: [{ key: "plain" }, { key: secret("K") }], values: {} };
    assert.deepEqual(
      sensitiveIn(inputs, paths).map(({ path }) => path),
      ["password", "disks[0].key", "disks[1].key"],
    );
    assert.deepEqual(
      referencesIn(inputs, paths).map(({ path, reference }) => [path, reference.secretRef]),
      [
        ["password", "P"],
        ["disks[1].key", "K"],
      ],
    );
    const revealed = withValues(inputs, new Map([["disks[1].key", "value"]]));
    assert.deepEqual(revealed.disks[1], { key: "value" });
    assert.deepEqual(inputs.disks[1], { key: secret("K") });
  });

  it("change as a whole, and a new value is told as such", () => {
    const hashed = (hash: string) => ({ password: { ...secret("P"), hash } });
    const effects = { password: "live" } as const;
    const changes = changesBetween(hashed("1"), hashed("2"), effects);
    assert.deepEqual(
      changes.map(({ path }) => path),
      ["password"],
    );
    assert.equal(describeChanges(changes), "live: password (rotated)");
    assert.deepEqual(changesBetween(hashed("1"), hashed("1"), effects), []);
    assert.equal(
      describeChanges(changesBetween(hashed("1"), { password: secret("OTHER") }, effects)),
      "live: password",
    );
  });
});
