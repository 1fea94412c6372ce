import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { findEngine } from "../../cli/engine";
import { projectRoot } from "../../cli/project";
import { configVariables, readConfig } from "../../providers/kernel/session/cluster-config";
import { infisicalVariables } from "../../secrets/infisical-client";
import { load } from "../support/yaml";

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: { readonly script?: string };
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const text = (...file: string[]): string => fs.readFileSync(path.join(projectRoot, ...file), "utf8");
const workflows = fs
  .readdirSync(path.join(projectRoot, ".github", "workflows"))
  .map((name) => ({ name, jobs: (load(text(".github", "workflows", name)) as Workflow).jobs }));
const stepsOf = (name: string): Step[] =>
  workflows.filter((one) => one.name === name).flatMap(({ jobs }) => Object.values(jobs).flatMap(({ steps }) => steps));
/** What the step that runs the engine is handed. */
const handedBy = (name: string, command: RegExp): Readonly<Record<string, string>> => {
  const steps = stepsOf(name).filter(({ run }) => command.test(run ?? ""));
  assert.ok(steps.length > 0, name);
  return steps[0]?.env ?? {};
};
const secretsIn = (env: Readonly<Record<string, string>>): string[] =>
  Object.keys(env).filter((key) => env[key]?.startsWith("${{ secrets.") === true);

/** Variables that the sources of some folders ask for by name. */
const asked = (): string[] =>
  ["audit", "cli", "components", "providers", "pve", "secrets", "stacks"].flatMap((folder) =>
    (fs.readdirSync(path.join(projectRoot, folder), { recursive: true }) as string[])
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [...text(folder, file).matchAll(/\benv\["([A-Z_]+)"\]/g)].map(([, name = ""]) => name)),
  );

/** One list of all that the library reads. */
const read = new Set([...configVariables, ...infisicalVariables, ...asked()]);
/** The engine's own, without the beginning that it puts before all of them. */
const ofEngine = ["BACKEND_URL", "CONFIG_PASSPHRASE", "ENABLE_STREAMING_JSON_PREVIEW", "DEBUG_GRPC"];

const documents = [
  ...["README.md", "Pulumi.demo.yaml", "Pulumi.doggos.yaml", "Pulumi.matrix.yaml", "Pulumi.nexus.yaml"],
  ...["docs", "examples", ".github"].flatMap((folder) =>
    (fs.readdirSync(path.join(projectRoot, folder), { recursive: true }) as string[])
      .filter((file) => /\.(md|yml|yaml|ts)$/.test(file))
      .map((file) => path.join(folder, file)),
  ),
];

describe("variables of the environment", function () {
  it("that workflows hand over are read by the library, the engine or the step itself", () => {
    let looked = 0;
    for (const { name, jobs } of workflows)
      for (const { run = "", env = {}, with: { script = "" } = {} } of Object.values(jobs).flatMap(
        ({ steps }) => steps,
      ))
        for (const [variable, value] of Object.entries(env)) {
          looked++;
          const inStep = new RegExp(`\\$${variable}\\b|process\\.env\\.${variable}\\b`).test(run + script);
          const known = read.has(variable) || ofEngine.some((one) => `PULUMI_${one}` === variable);
          assert.ok(inStep || known, `${name}: nobody reads ${variable}`);
          const [, secret] = /^\$\{\{ secrets\.(\w+) \}\}$/.exec(value) ?? [];
          if (secret !== undefined) assert.equal(secret, variable, name);
        }
    assert.ok(looked > 25, String(looked));
  });

  it("that documents and examples name are read, or are none of this library's", () => {
    const written = text("providers", "access", "environment-file.model.ts");
    const elsewhere = (name: string): boolean =>
      // A variable of the repository on GitHub, which the workflows ask for.
      name === "PULUMI_RUNNER" ||
      // An EnvironmentFile writes it for Terraform.
      new RegExp(`^ +${name}:`, "m").test(written);
    const named = new Set<string>();
    for (const file of documents)
      for (const [name] of text(file).matchAll(/\b(?:PROXMOX|INFISICAL|PULUMI|SSH|DEMO)(?:_[A-Z]+)+\b/g)) {
        named.add(name);
        const known = read.has(name) || ofEngine.some((one) => `PULUMI_${one}` === name) || elsewhere(name);
        assert.ok(known, `${file}: nobody reads ${name}`);
      }
    for (const name of ["INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", "PROXMOX_PASSWORD", "PROXMOX_SSH_PRIVATE_KEY"])
      assert.ok(named.has(name), name);
  });

  it("that are the engine's are known to it", async () => {
    const { pulumi } = await findEngine();
    const engine = fs.readFileSync(pulumi);
    for (const name of ofEngine) assert.ok(engine.includes(name), name);
    assert.ok(!engine.includes("ENABLE_STREAMING_JSON_REVIEW"));
  });

  it("give an up all that its stack can need, and a review nothing that writes", () => {
    const up = handedBy("up.yml", /pulumi up/);
    // A key of one's own for SSH with its passphrase; a user beside a token, for what is root's alone.
    const credentials = [
      ...["PROXMOX_TOKEN_ID", "PROXMOX_TOKEN_SECRET", "PROXMOX_USERNAME", "PROXMOX_PASSWORD"],
      ...["PROXMOX_SSH_PRIVATE_KEY", "PROXMOX_SSH_PASSPHRASE", ...infisicalVariables],
    ];
    for (const name of credentials) assert.ok(read.has(name), name);
    assert.deepEqual(
      credentials.filter((name) => !secretsIn(up).includes(name)),
      [],
    );
    for (const [name, command] of [
      ["preview.yml", /pulumi preview/],
      ["drift.yml", /pulumi refresh/],
    ] as const) {
      const handed = secretsIn(handedBy(name, command));
      for (const variable of [...infisicalVariables, "PROXMOX_TOKEN_ID", "PROXMOX_TOKEN_SECRET"])
        assert.ok(handed.includes(variable), `${name}: ${variable}`);
      assert.deepEqual(
        handed.filter((variable) => /USERNAME|PASSWORD|_SSH_/.test(variable)),
        [],
        name,
      );
    }
  });

  it("leave a stack without any complaint of credentials when they are set as up.yml hands them over", () => {
    const fingerprint = Array.from({ length: 32 }, () => "AB").join(":");
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----\n";
    const env = Object.fromEntries(
      secretsIn(handedBy("up.yml", /pulumi up/)).map((name) => [
        name,
        { PROXMOX_USERNAME: "root@pam", PROXMOX_TOKEN_ID: "a@pve!b", PROXMOX_SSH_PRIVATE_KEY: key }[name] ?? name,
      ]),
    );
    for (const stack of ["matrix", "doggos"]) {
      const { config } = load(text(`Pulumi.${stack}.yaml`)) as { config: Record<string, unknown> };
      const known: Record<string, unknown> = {
        "proxmox:endpoints": ["https://192.0.2.1:8006"],
        "proxmox:fingerprints": [fingerprint],
        // Of the machines, as the first preview asks for them.
        "proxmox:sshFingerprints": ["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
        ...config,
      };
      const asText = (value: unknown) =>
        value === undefined || typeof value === "string" ? value : JSON.stringify(value);
      const all = readConfig({ get: (name) => asText(known[name]) }, env);
      assert.deepEqual([all.problems, all.missingSecrets, all.missingLogin], [[], [], []], stack);
      assert.ok(all.root && all.token, stack);
      const none = readConfig({ get: (name) => asText(known[name]) }, {});
      assert.ok(none.missingSecrets.length > 0, stack);
    }
  });

  it("that are secrets of a workflow are named where the workflows are explained, and for GitLab", () => {
    const all = new Set([
      ...secretsIn(handedBy("up.yml", /pulumi up/)),
      ...secretsIn(handedBy("preview.yml", /pulumi preview/)),
      ...secretsIn(handedBy("drift.yml", /pulumi refresh/)),
    ]);
    assert.ok(all.size > 8);
    for (const file of ["docs/review.md", "examples/review.gitlab-ci.yml"])
      assert.deepEqual(
        [...all].filter((name) => !new RegExp(`\\b${name}\\b`).test(text(file))),
        [],
        file,
      );
  });

  it("or a reference give matrix the password of root, as its file says", () => {
    const file = text("Pulumi.matrix.yaml");
    assert.match(file, /by reference from Infisical, as below/);
    const line = /^ {2}# (proxmox:password: secret:PROXMOX_PASSWORD)$/m.exec(file)?.[1];
    assert.ok(line !== undefined);
    const { config } = load(file.replace(`# ${line}`, line)) as { config: Record<string, string> };
    const same = load(text("Pulumi.doggos.yaml")) as { config: Record<string, string> };
    assert.equal(config["proxmox:password"], same.config["proxmox:password"]);
  });
});
