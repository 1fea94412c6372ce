import type { SshResult } from "../../pve";
import type { AccountMachine } from "../access/linux/account-machine";
import type { GuestFiles } from "./guest-files";

const shortly = 60_000;

/** Accounts of a guest, by whatever way it is reached. */
export class GuestAccountMachine implements AccountMachine {
  constructor(
    private readonly guest: GuestFiles,
    readonly name: string,
  ) {}

  async exec(argv: readonly string[], stdin?: string): Promise<SshResult> {
    const { exitcode, out, err, cut } = await this.guest.run(argv, shortly, `${argv[0] ?? ""} ends`, [], stdin);
    return { code: exitcode, stdout: out, stderr: err, ...(cut ? { cut } : {}) };
  }

  async readFile(file: string): Promise<string | undefined> {
    const { code, stdout, stderr, cut } = await this.exec(["cat", "--", file]);
    if (cut)
      throw new Error(
        `${file} on ${this.name} is larger than what is read of a file; nothing is concluded from half of it`,
      );
    if (code === 0) return stdout;
    if (code === 1 && stderr.trim() === `cat: ${file}: No such file or directory`) return undefined;
    throw new Error(`${file} on ${this.name} cannot be read: ${stderr.trim()}`);
  }

  /** Made anew, and root's alone before anything is in it: whoever has it open could change it after it was proved. */
  async writeFile(file: string, content: string, mode: number): Promise<void> {
    await this.guest.mustRun(["install", "-m", "0600", "/dev/null", file], `making ${file}`);
    const { code, stderr } = await this.exec(["tee", "--", file], content);
    if (code !== 0) throw new Error(`writing ${file} on ${this.name} failed with exit code ${code}: ${stderr.trim()}`);
    await this.guest.mustRun(["chmod", mode.toString(8).padStart(4, "0"), "--", file], `writing ${file}`);
  }

  async removeFile(file: string): Promise<boolean> {
    if ((await this.readFile(file)) === undefined) return false;
    await this.guest.mustRun(["rm", "-f", "--", file], `removing ${file}`);
    return true;
  }
}
