import { randomBytes } from "node:crypto";
import { isProxmoxError } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import type { Call } from "../kernel/call/call";
import type { Place } from "../vm/place";
import { GuestIsSilent, type GuestShell, type Outcome } from "./guest-shell";

/** Bytes per call: in base64, and percent-encoded where that is needed, they stay below what Proxmox takes at once. */
const chunkBytes = 30 * 1024;

/** Reads from the file, which is gone before the command begins, with its folder. Neither name nor command is part of the text. */
const fromFile = 'exec < "$0/in" && rm -rf -- "$0" && exec "$@"';

/** Commands and files in a running guest, by its agent through Proxmox's API: needs no network and no login. */
export class GuestAgent implements GuestShell {
  constructor(
    private readonly pve: Pve,
    private readonly call: Call,
    private readonly at: Place,
    /** Throws when the guest of this number is another one by now; asked before whatever is done in it. */
    private readonly assertSame: () => Promise<void> = async () => undefined,
  ) {}

  private get api() {
    return this.pve.api.nodes.$(this.at.node).qemu.$(this.at.vmid).agent;
  }

  /** Waits for the agent to answer. */
  async ready(longestMs: number): Promise<void> {
    const { vmid } = this.at;
    try {
      await this.pve.until(
        `the guest agent of VM ${vmid} answers`,
        async () => {
          try {
            return { done: await this.api.ping.$post() };
          } catch (error) {
            return { pending: silence(error) };
          }
        },
        Math.min(longestMs, this.call.remainingMs()),
      );
    } catch (error) {
      if (!this.pve.isTimeout(error)) throw error;
      throw new GuestIsSilent(
        `${(error as Error).message}; the image must bring qemu-guest-agent, or cloud-init must install it at the first boot`,
        { cause: error },
      );
    }
  }

  /**
   * Writes a file of any size; its folder must exist. What was not there is made with mode 0666, whatever the umask: only
   * below a folder of root's alone nobody changes it before it is read.
   */
  async write(path: string, content: Buffer): Promise<void> {
    if (content.length <= chunkBytes) return this.put(path, content);
    const parts: string[] = [];
    for (let from = 0; from < content.length; from += chunkBytes) {
      const part = `${path}.${parts.length}`;
      await this.put(part, content.subarray(from, from + chunkBytes));
      parts.push(part);
    }
    const join = `${path}.join`;
    await this.put(join, Buffer.from(`cat ${parts.join(" ")} > ${path}\nrm ${parts.join(" ")}\n`));
    await this.mustRun(["/bin/sh", "-e", join], 60_000, `putting ${path} together`);
    await this.mustRun(["rm", join], 60_000, `removing ${join}`);
  }

  private async put(file: string, content: Buffer): Promise<void> {
    await this.assertSame();
    // Proxmox's own encoding refuses characters beyond Latin-1.
    await this.api["file-write"].$post({ file, content: content.toString("base64"), encode: false });
  }

  async mustRun(command: readonly string[], longestMs: number, what: string): Promise<void> {
    const { exitcode, output } = await this.run(command, longestMs, what);
    if (exitcode !== 0)
      throw new Error(`${what} failed with exit code ${exitcode}${output === "" ? "" : `: ${output}`}`);
  }

  /** Runs a command to its end. */
  async run(command: readonly string[], longestMs: number, what: string, stdin?: string): Promise<Outcome> {
    if (stdin !== undefined) return this.fed(command, stdin, longestMs, what);
    await this.call.safePoint();
    await this.assertSame();
    const { pid } = await this.api.exec.$post({ command: [...command] as never });
    const ended = await this.pve.until(
      what,
      async () => {
        await this.call.safePoint();
        try {
          const status = await this.api["exec-status"].$get({ pid });
          return Number(status.exited) === 1 ? { done: status } : { pending: "it is still running" };
        } catch (error) {
          return { pending: silence(error) };
        }
      },
      Math.min(longestMs, this.call.remainingMs()),
    );
    const [out, err] = [textOf(ended["out-data"]), textOf(ended["err-data"])];
    // A command that a signal has ended has no exit code; shells count 128 and the signal.
    const exitcode = Number(ended.exitcode ?? 128 + Number(ended["signal"] ?? 0));
    const cut = isTrue(ended["out-truncated"]);
    return { exitcode, output: `${out}${err}`.trim(), out, err, cut };
  }

  /** By a file, where only root gets to: Proxmox's own way for a standard input refuses or bends what is beyond ASCII. */
  private async fed(command: readonly string[], stdin: string, longestMs: number, what: string): Promise<Outcome> {
    const folder = `/run/pulumi-${randomBytes(8).toString("hex")}`;
    await this.mustRun(["mkdir", "-m", "0700", "--", folder], 60_000, `making ${folder}`);
    await this.write(`${folder}/in`, Buffer.from(stdin));
    return this.run(["/bin/sh", "-c", fromFile, folder, ...command], longestMs, what);
  }
}

/** Proxmox hands on what a program has said byte by byte, each as a character of its own. */
function textOf(said: unknown): string {
  const text = typeof said === "string" ? said : "";
  return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, "latin1").toString("utf8") : text;
}

const isTrue = (flag: unknown): boolean => flag === true || Number(flag) === 1;

/** What says that the agent does not answer just now; any other error, such as a VM that has stopped, is thrown. */
function silence(error: unknown): string {
  const waits = isProxmoxError(error, "unavailable", "timeout");
  if (waits || (isProxmoxError(error, "refused") && /QEMU guest agent is not running/.test(error.message)))
    return error.message;
  throw error;
}
