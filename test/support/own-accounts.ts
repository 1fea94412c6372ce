import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Sshd } from "./sshd";

const programs = ["/usr/sbin/sshd", "/usr/sbin/visudo", "/usr/sbin/useradd", "/usr/bin/unshare", "/usr/bin/nsenter"];

/**
 * Can this machine have accounts of its own for the tests: OpenSSH's server, sudo, root, and a mount namespace? Said where
 * it cannot: what they prove is missing from the run then, and counted so.
 */
export function hasAccountTools(): boolean {
  const missing = programs.filter((file) => !fs.existsSync(file));
  const lacks =
    missing.length > 0
      ? `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`
      : process.getuid?.() !== 0 || spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/home"]).status !== 0
        ? "no mount namespace can be made"
        : undefined;
  if (lacks === undefined) return true;
  process.stderr.write(`${lacks}: tests of accounts on a real system are skipped, those on the simulator's are not\n`);
  return false;
}

/** OpenSSH's server with a copy of /etc and an empty /home: what is done there is gone with it. */
export class OwnAccounts {
  private constructor(
    readonly sshd: Sshd,
    private readonly folder: string,
  ) {}

  /** `also`: further lines of the script that makes the surroundings. */
  static async start(also = ""): Promise<OwnAccounts> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "accounts-"));
    execFileSync("cp", ["-a", "/etc", folder]);
    const script = 'mount --bind "$0/etc" /etc; mount -t tmpfs none /home; mount -t tmpfs none /var/mail; ';
    const settings = ["Match User bob", "AuthorizedKeysFile .ssh/authorized_keys"];
    return new OwnAccounts(
      await Sshd.start(settings, ["unshare", "-m", "sh", "-e", "-c", `${script}${also}\nexec "$@"`, folder]),
      folder,
    );
  }

  /** Runs a program there, past the library; its exit code and what it printed. */
  run(...argv: readonly string[]): { code: number | null; out: string } {
    const { status, stdout, stderr } = spawnSync("nsenter", ["-m", "-t", String(this.sshd.pid), ...argv], {
      encoding: "utf8",
    });
    return { code: status, out: stdout + stderr };
  }

  /** A file there, or undefined. */
  file(name: string): string | undefined {
    const { code, out } = this.run("cat", "--", name);
    return code === 0 ? out : undefined;
  }

  async stop(): Promise<void> {
    await this.sshd.stop();
    fs.rmSync(this.folder, { recursive: true });
  }
}
