import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { projectRoot } from "../../../../cli/project";
import { ProxmoxResource, sealed, secretKeys } from "../../../../providers/kernel/program/resource";
import { secret } from "../../../../secrets/reference";

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

  it("is encrypted as a whole where nodes bring their passwords, whatever form they have", async () => {
    const nodes = { pve2: { endpoint: "https://10.0.0.6:8006", password: "a" } };
    for (const form of [nodes, JSON.stringify(nodes), pulumi.output(nodes)])
      assert.deepEqual(await secretsAmong({ "proxmox:nodes": form, "proxmox:sshUser": "b" }, secretKeys), [
        "proxmox:nodes",
      ]);
  });

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

  it("is the same for the program and for the provider, in every kind", async () => {
    const registered = new Map<string, Record<string, unknown>>();
    const newResource = ({ type, name, inputs }: pulumi.runtime.MockResourceArgs) => {
      registered.set(type, inputs as Record<string, unknown>);
      return { id: name, state: { ...(inputs as object), hashKey: "a key" } };
    };
    await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "project", "stack", false);
    const folder = path.join(projectRoot, "dist", "providers");
    const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
    const kinds: string[] = [];
    for (const file of files.filter((name) => name.endsWith(".model.js"))) {
      const shell = path.join(folder, file.replace(".model.js", ".js"));
      const declared = modelOf(path.join(folder, file))?.sensitive ?? [];
      if (declared.length === 0 || !fs.existsSync(shell)) continue;
      const made = Object.values(require(shell) as Record<string, unknown>).find(isResource);
      assert.ok(made, shell);
      for (const one of declared) {
        new made("x", argumentsWith(stepsOf(one)) as object);
        await pulumi.runtime.disconnect();
        const inputs = registered.get(`pulumi-nodejs:dynamic/proxmox:${made.name}`);
        assert.ok(isSecret(inputs, stepsOf(one)), `${made.name} passes ${one} on in clear`);
      }
      kinds.push(made.name);
    }
    for (const kind of ["Vm", "Template"]) assert.ok(kinds.includes(kind));

    // The key for hashes goes to those that refer to a secret, wherever in their data, and to no other.
    const { Vm } = require("../../../../providers/vm/vm") as typeof import("../../../../providers/vm/vm");
    const keyOf = async (cloudInit: object): Promise<boolean> => {
      new Vm("x", { source: { imageVolumeId: "local:import/x.qcow2" }, cloudInit });
      await pulumi.runtime.disconnect();
      const inputs = registered.get("pulumi-nodejs:dynamic/proxmox:Vm") ?? {};
      return "__hashKey" in inputs && isSecret(inputs, ["__hashKey"]);
    };
    assert.equal(await keyOf({ password: "text", userData: { users: [{ name: "a" }] } }), false);
    assert.equal(await keyOf({ password: secret("A") }), true);
    assert.equal(await keyOf({ password: pulumi.output(secret("A")) }), true);
    assert.equal(await keyOf({ userData: { users: [{ passwd: secret("A") }] } }), true);
  });
});

type Shell = new (name: string, args: object) => ProxmoxResource;
const isResource = (value: unknown): value is Shell =>
  typeof value === "function" && value.prototype instanceof ProxmoxResource;

const modelOf = (file: string): { sensitive: readonly string[] } | undefined =>
  Object.values(require(file) as Record<string, { sensitive?: readonly string[] } | undefined>).find(
    (one): one is { sensitive: readonly string[] } => Array.isArray(one?.sensitive),
  );

/** `disks[].values.*` -> disks, 0, values, any: one way through it. */
const stepsOf = (path: string): string[] => path.replace(/\[\]/g, ".0").replace(/\*/g, "any").split(".");

/** Arguments with a text at the path. */
function argumentsWith([key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return "text";
  return key === "0" ? [argumentsWith(rest)] : { [key]: argumentsWith(rest) };
}

/** Does the engine get it marked as secret, itself or with what it is in? */
function isSecret(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (value === null || typeof value !== "object") return false;
  if ("4dabf18193072939515e22adb298388d" in value) return true;
  return key !== undefined && isSecret((value as Record<string, unknown>)[key], rest);
}
