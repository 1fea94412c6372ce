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
    const { exitcode, out, err } = await this.guest.run(argv, shortly, `${argv[0] ?? ""} ends`, [], stdin);
    return { code: exitcode, stdout: out, stderr: err };
  }

  async readFile(file: string): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.exec(["cat", "--", file]);
    if (code === 0) return stdout;
    if (code === 1 && stderr.trim() === `cat: ${file}: No such file or directory`) return undefined;
    throw new Error(`${file} on ${this.name} cannot be read: ${stderr.trim()}`);
  }

  /** In one step, so that nobody reads half of it. */
  async writeFile(file: string, content: string, mode: number): Promise<void> {
    const beside = `${file}.new`;
    await this.guest.shell.write(beside, Buffer.from(content));
    await this.guest.mustRun(["chmod", mode.toString(8).padStart(4, "0"), "--", beside], `writing ${file}`);
    await this.guest.mustRun(["mv", "-T", "--", beside, file], `writing ${file}`);
  }

  async removeFile(file: string): Promise<boolean> {
    if ((await this.readFile(file)) === undefined) return false;
    await this.guest.mustRun(["rm", "-f", "--", file], `removing ${file}`);
    return true;
  }
}
