import { readFileSync } from "node:fs";
import path from "node:path";
import type { Call } from "../kernel/call/call";
import { milliseconds } from "../kernel/call/duration";
import { sha256 } from "../kernel/state/sha256";
import { defaultGeneralise, type GoldenTemplateInputs, type Step } from "./golden-template.model";
import type { GuestAgent } from "../guest/guest-agent";
import { failureOf, firstLine, runScript, untilCloudInitIsDone } from "../guest/guest-script";

/** In memory, so that scripts and what is secret in them never reach the image's disk. */
const folder = "/run/pulumi-provision";
const stepTimeout = "10m";

/** A step that has failed: the build is of no use any more. */
class ProvisioningFailed extends Error {
  override readonly name = "ProvisioningFailed";
}

type File = NonNullable<Step["file"]>;

/** Does all that is written down to a running guest, then makes it general: each clone becomes a machine of its own. */
export async function provision(agent: GuestAgent, call: Call, inputs: GoldenTemplateInputs): Promise<void> {
  const { provision: steps = [], verify = [], generalise = defaultGeneralise } = inputs;
  await agent.mustRun(["mkdir", "-p", "-m", "0700", folder], 60_000, "making a folder for scripts in memory");
  await script("waiting for cloud-init", untilCloudInitIsDone);
  for (const [i, step] of steps.entries()) {
    const what = `provision[${i}]`;
    call.report.progress(`${what}: ${step.file ? step.file.path : firstLine(step.run ?? "")}`);
    if (step.file) await put(what, step.file, step);
    else await script(what, step.run ?? "", step);
  }
  for (const [i, command] of verify.entries()) {
    call.report.progress(`verify[${i}]: ${firstLine(command)}`);
    await script(`verify[${i}]`, command);
  }
  call.report.progress("generalising");
  for (const [i, command] of generalise.entries()) await script(`generalise[${i}]`, command);
  await agent.mustRun(["rm", "-rf", folder], 60_000, "removing the scripts");

  async function script(what: string, text: string, { environment = {}, timeout = stepTimeout }: Partial<Step> = {}) {
    const longestMs = milliseconds(timeout);
    const ended = await runScript(agent, { folder, what, text, environment, longestMs });
    if (ended.exitcode !== 0) throw new ProvisioningFailed(failureOf(`${what} (${firstLine(text)})`, ended));
  }

  async function put(what: string, file: File, { timeout = stepTimeout }: Step) {
    const [owner = "root", group = owner] = (file.owner ?? "root:root").split(":");
    const copy = `${folder}/file`;
    await agent.write(copy, contentOfFile(what, file));
    const modes = ["-D", "-o", owner, "-g", group, "-m", file.mode ?? "0644"];
    const { exitcode, output } = await agent.run(["install", ...modes, copy, file.path], milliseconds(timeout), what);
    if (exitcode !== 0)
      throw new ProvisioningFailed(`${what} (${file.path}) failed with exit code ${exitcode}: ${output}`);
    await agent.mustRun(["rm", copy], 60_000, `removing ${copy}`);
  }
}

function contentOfFile(what: string, { content, source, sha256: checksum }: File): Buffer {
  if (source === undefined) return Buffer.from(content ?? "");
  let bytes: Buffer;
  try {
    bytes = readFileSync(path.resolve(source));
  } catch (error) {
    throw new ProvisioningFailed(`${what}: ${source} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (checksum !== undefined && sha256(bytes) !== checksum)
    throw new ProvisioningFailed(`${what}: ${source} has changed since this run began; run pulumi up again`);
  return bytes;
}
