import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { projectRoot } from "../../cli/project";
import { sealed } from "../../providers/resource";
import { secret } from "../../secrets/reference";

/** What of some arguments is secret, as the engine gets them. */
async function secretsAmong(args: Record<string, unknown>, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const visit = async (value: unknown, at: string): Promise<void> => {
    if (pulumi.Output.isInstance(value)) {
      const output = value as pulumi.Output<unknown> & { isSecret: Promise<boolean>; promise(): Promise<unknown> };
      if (await output.isSecret) return void found.push(at);
      return visit(await output.promise(), at);
    }
    if (value === null || typeof value !== "object") return;
    for (const [key, inner] of Object.entries(value)) await visit(inner, at ? `${at}.${key}` : key);
  };
  await visit(sealed(args, paths), "");
  return found.sort();
}

describe("what may hold a secret", () => {
  const paths = ["password", "disks[].key", "values.*", "cloudInit.password"];

  it("is encrypted in the state, in lists and maps and behind outputs too", async () => {
    const args = {
      ...{
        name: "web",
        password: "a",
        values: { x: "b", y: "c" },
        cloudInit: pulumi.output({ password: "d", user: "e" }),
      },
      disks: [{ key: "f", size: 1 }, { size: 2 }],
    };
    assert.deepEqual(await secretsAmong(args, paths), [
      "cloudInit.password",
      "disks.0.key",
      "password",
      "values.x",
      "values.y",
    ]);
    assert.equal(args.password, "a");
  });

  it("may be seen where it is a reference", async () => {
    const args = { password: secret("A"), values: { x: secret("B"), y: "text" } };
    assert.deepEqual(await secretsAmong(args, paths), ["values.y"]);
  });

  it("is the same for the program and for the provider, in every kind", () => {
    const folder = path.join(projectRoot, "dist", "providers");
    const models = fs
      .readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".model.js"));
    const withSecrets = models.flatMap((file) => {
      const shell = path.join(projectRoot, "providers", file.replace(".model.js", ".ts"));
      if (!fs.existsSync(shell)) return [];
      const exported = Object.values(
        require(path.join(folder, file)) as Record<string, { sensitive?: readonly string[] }>,
      );
      const declared = exported.find((one) => Array.isArray(one.sensitive))?.sensitive;
      if (!declared) return [];
      const text = /sensitive: (\[[^\]]*(?:\[\][^\]]*)*\])/.exec(fs.readFileSync(shell, "utf8"))?.[1] ?? "[]";
      assert.deepEqual((JSON.parse(text.replace(/,\s*\]/, "]")) as string[]).sort(), [...declared].sort(), shell);
      return declared.length > 0 ? [file] : [];
    });
    for (const file of ["vm/template.model.js", "vm/vm.model.js"]) assert.ok(withSecrets.includes(file));
  });
});
