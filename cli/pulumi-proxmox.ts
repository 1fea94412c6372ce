#!/usr/bin/env node
// `npx pulumi-proxmox <command>`: what a review and a pipeline need beside `pulumi` itself.
import fs from "node:fs";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { runAudit } from "../audit/audit-cli";
import { leastPrivilege } from "../privileges";
import { changedStacks } from "./review/changed-stacks";
import { describedResources } from "./review/described-resources";
import { suggestedProgram } from "./suggested-program";
import { pveumCommands } from "./review/pveum-commands";
import { readPreview } from "./review/planned-changes";
import { changesAnything, summaryOf } from "./review/summary";

/** Nothing to be said, or said; wrong input or arguments; and, only if asked for, that there are changes. */
const codes = { done: 0, wrong: 2, changes: 3 } as const;

export const usage = `usage: pulumi-proxmox <command>

summary [--stack NAME] [--drift] [--exit-code]   < events of a preview
    Prints a preview as a comment in Markdown, the gravest first. Feed it with what
      pulumi preview --json
    or, with --drift,
      pulumi refresh --preview-only --json
    prints while PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true is set.
    --exit-code ends with ${codes.changes} when there are changes.
changed-stacks   < paths of changed files, one per line
    Prints the stacks (Pulumi.<name>.yaml in this folder) whose preview they can change, as a JSON list; not those
    whose file says "<project>:simulated: true", behind which are no machines.
privileges [--user USER] [--json]   < what pulumi preview --json prints
    Prints the commands that give USER (default automation@pve) what these resources need, path by path, and no more;
    with --json the privileges by path. To be run as root on any node.
suggest-rules VMID --endpoint URL [--fingerprint SHA256] [--source NETWORK]
    Prints rules of the firewall for a guest, as lines of a program: what its tags name, and what listens in it by its guest
    agent. The token in PROXMOX_TOKEN_ID and PROXMOX_TOKEN_SECRET only looks: VM.Audit, and VM.GuestAgent.FileRead
    (before Proxmox VE 9: VM.Monitor). --endpoint and --fingerprint may be given several times.
audit verify|show [FILE] [--resource NAME] [--stack NAME] [--failed]
    Looks at each link of the trail that proxmox:auditFile keeps, and ends with 1 where it is broken; or shows its changes.
`;

/** What a command reads and writes; tests give their own. */
interface Streams {
  readonly input: () => Promise<string>;
  readonly output: (text: string) => void;
  readonly error: (text: string) => void;
}

type Command = (args: string[], streams: Streams) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  async audit(args, { output, error }) {
    const line = (write: (text: string) => void) => (text: string) => write(`${text}\n`);
    return runAudit(["audit", ...args], process.env, { out: line(output), error: line(error) });
  },
  async summary(args, { input, output }) {
    const { values } = parseArgs({
      args,
      options: {
        stack: { type: "string" },
        drift: { type: "boolean", default: false },
        "exit-code": { type: "boolean", default: false },
      },
    });
    const preview = readPreview(await input());
    const { stack, drift } = values;
    if (!preview.complete && preview.changes.length === 0 && preview.errors.length === 0)
      throw new Error("there was no preview: the command before this one has printed nothing of it");
    output(summaryOf(preview, { drift, ...(stack === undefined ? {} : { stack }) }));
    return values["exit-code"] && changesAnything(preview) ? codes.changes : codes.done;
  },
  async privileges(args, { input, output }) {
    const { values } = parseArgs({
      args,
      options: { user: { type: "string", default: "automation@pve" }, json: { type: "boolean", default: false } },
    });
    const needed = leastPrivilege(describedResources(await input()));
    output(values.json ? `${JSON.stringify(needed, undefined, 2)}\n` : pveumCommands(needed, values.user));
    return codes.done;
  },
  async "suggest-rules"(args, { output, error }) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        endpoint: { type: "string", multiple: true, default: [] },
        fingerprint: { type: "string", multiple: true, default: [] },
        source: { type: "string" },
      },
    });
    const [vmid = "", ...more] = positionals;
    if (!/^[1-9]\d{2,8}$/.test(vmid) || more.length > 0) throw new Error("name one guest by its VMID");
    if (values.endpoint.length === 0) throw new Error("name a node: --endpoint https://pve1.example.com:8006");
    const { endpoint: endpoints, fingerprint: fingerprints, source } = values;
    const wanted = { vmid: Number(vmid), endpoints, fingerprints, source };
    output(await suggestedProgram(wanted, process.env, (text) => error(`${text}\n`)));
    return codes.done;
  },
  async "changed-stacks"(args, { input, output }) {
    parseArgs({ args, options: {} });
    const stacks = fs
      .readdirSync(".")
      .flatMap((name) => /^Pulumi\.([^/]+)\.yaml$/.exec(name)?.[1] ?? [])
      .filter((name) => !/^ +[\w-]+:simulated: true$/m.test(fs.readFileSync(`Pulumi.${name}.yaml`, "utf8")))
      .sort();
    const files = (await input()).split("\n").filter((line) => line !== "");
    output(`${JSON.stringify(changedStacks(files, stacks))}\n`);
    return codes.done;
  },
};

/** Runs one command line and tells its exit code. */
export async function runCommand([name, ...args]: readonly string[], streams: Streams): Promise<number> {
  if (name === "--help" || name === "-h") {
    streams.output(usage);
    return codes.done;
  }
  const command = Object.hasOwn(commands, name ?? "") ? commands[name ?? ""] : undefined;
  if (!command) {
    streams.error(usage);
    return codes.wrong;
  }
  try {
    return await command(args, streams);
  } catch (error) {
    streams.error(`pulumi-proxmox ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return codes.wrong;
  }
}

if (require.main === module)
  void runCommand(process.argv.slice(2), {
    input: () => text(process.stdin),
    output: (printed) => void process.stdout.write(printed),
    error: (printed) => void process.stderr.write(printed),
  }).then((code) => {
    process.exitCode = code;
  });
