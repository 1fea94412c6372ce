import assert from "node:assert/strict";
import type { OperatingSystem } from "../../../simulator/world/storage";
import { VmLab } from "./vm-lab";

describe("processes and files by the guest agent", () => {
  let lab: VmLab;

  async function make(os: Partial<OperatingSystem> = {}): Promise<void> {
    lab = new VmLab("immediate");
    const volumes = lab.node.volumes["/var/lib/vz"] ?? {};
    Object.assign(volumes["import/tiny.qcow2"] ?? {}, { os: { agent: true, ...os } });
    await lab.create(100, {
      memory: 512,
      scsi0: "local:0,import-from=local:import/tiny.qcow2",
      agent: 1,
      boot: "order=scsi0",
    });
    await lab.run("POST", "/100/status/start");
  }

  async function run(...command: string[]): Promise<Record<string, unknown>> {
    const { pid } = await lab.get<{ pid: number }>("POST", "/100/agent/exec", { command });
    return lab.get("GET", "/100/agent/exec-status", { pid });
  }
  const write = (file: string, content: string) =>
    lab.get("POST", "/100/agent/file-write", { file, encode: 0, content: Buffer.from(content).toString("base64") });
  const read = async (file: string) =>
    (await lab.get<{ content: string }>("GET", "/100/agent/file-read", { file })).content;

  it("end as the world says, by what their text or script holds, and are remembered", async () => {
    await make({ commands: [{ match: "install nginx", exitcode: 100, out: "Reading...\n", err: "E: no\n" }] });
    const failed = await run("apt-get", "install nginx");
    assert.deepEqual([failed["exitcode"], failed["out-data"], failed["err-data"]], [100, "Reading...\n", "E: no\n"]);
    await run("mkdir", "-m", "0700", "/run/build");
    await write("/run/build/step", "exec >/run/build/log 2>&1\napt-get install nginx\n");
    const scripted = await run("/bin/sh", "-e", "/run/build/step");
    assert.deepEqual([scripted["exitcode"], scripted["out-data"]], [100, undefined]);
    assert.equal((await run("tail", "-c", "6", "/run/build/log"))["out-data"], "E: no\n");
    assert.match(
      lab.guest(100)?.commands?.[2] ?? "",
      /^\/bin\/sh -e \/run\/build\/step\nexec >.*\napt-get install nginx/,
    );
  });

  it("hang where the world says so, and are gone after a restart with what was in memory", async () => {
    await make({ commands: [{ match: "fetch", hangs: true }] });
    assert.deepEqual(await run("sh", "-c", "fetch all"), { exited: 0 });
    await write("/tmp/a", "text");
    await lab.run("POST", "/100/status/reboot");
    assert.match(
      await lab.refusal("GET", "/100/agent/file-read", { file: "/tmp/a" }),
      /failed to open file '\/tmp\/a'/,
    );
  });

  it("stop at the first failure with sh -e, and not without", async () => {
    await make();
    await write("/tmp/s", "echo one\nfalse\necho two > /tmp/two\n");
    assert.deepEqual([(await run("sh", "-e", "/tmp/s"))["exitcode"], (await run("sh", "/tmp/s"))["exitcode"]], [1, 0]);
    assert.equal(await read("/tmp/two"), "two\n");
    assert.equal((await run("sh", "-e", "/tmp/none"))["exitcode"], 2);
  });

  it("take files as bytes, only into directories that there are, and at most 60 KiB at once", async () => {
    await make();
    await write("/tmp/ä", "grün\n");
    assert.equal(await read("/tmp/ä"), "grün\n");
    // MIME::Base64 refuses characters that are no bytes.
    const wide = { file: "/tmp/b", content: "→" };
    assert.match(await lab.refusal("POST", "/100/agent/file-write", wide), /^500 Wide character in subroutine entry/);
    const lost = { file: "/run/nowhere/b", content: "b" };
    assert.match(await lab.refusal("POST", "/100/agent/file-write", lost), /failed to open file .* \(mode: 'wb'\)/);
    const large = { file: "/tmp/c", content: "c".repeat(61441) };
    assert.match(await lab.refusal("POST", "/100/agent/file-write", large), /^400 .*61440/);
  });

  it("makes files that everybody may write, and leaves one that is there with its mode, as QEMU's does", async () => {
    await make();
    await run("install", "-m", "0600", "/dev/null", "/run/own");
    for (const file of ["/run/own", "/run/new"]) {
      await write(file, "x\n");
      await write(file, "y\n");
    }
    const modes = await run("stat", "--format=%a %n", "--", "/run/own", "/run/new");
    assert.equal(modes["out-data"], "600 /run/own\n666 /run/new\n");
  });
});
