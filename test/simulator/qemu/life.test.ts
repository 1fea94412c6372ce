import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

interface Interface {
  name: string;
  "hardware-address": string;
  "ip-addresses"?: { "ip-address": string; prefix: number }[];
}

describe("the life of a VM", () => {
  let lab: VmLab;
  const make = async (clock: "immediate" | "manual", params: Record<string, string | number> = {}): Promise<void> => {
    lab = new VmLab(clock);
    const volumes = lab.node.volumes["/var/lib/vz"] ?? {};
    Object.assign(volumes["import/tiny.qcow2"] ?? {}, { os: { agent: true } });
    await lab.create(100, {
      ...{ name: "web", memory: 512, scsi0: "local:0,import-from=local:import/tiny.qcow2", agent: 1 },
      ...{ net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0", ...params },
    });
  };
  const status = async (): Promise<string> => (await lab.get<{ status: string }>("GET", "/100/status/current")).status;
  const addresses = async (): Promise<string[]> => {
    const { result } = await lab.get<{ result: Interface[] }>("GET", "/100/agent/network-get-interfaces");
    return result.find(({ name }) => name === "eth0")?.["ip-addresses"]?.map((one) => one["ip-address"]) ?? [];
  };

  it("starts, and stops at once", async () => {
    await make("immediate");
    assert.equal(await status(), "stopped");
    assert.equal(await lab.run("POST", "/100/status/start"), "OK");
    assert.equal(await status(), "running");
    assert.equal(await lab.run("POST", "/100/status/stop"), "OK");
    assert.equal(await status(), "stopped");
  });

  it("takes the time of the clock: start, boot, agent, shutdown", async () => {
    await make("manual", { ide2: "local:cloudinit", ipconfig0: "ip=10.0.0.7/24,gw=10.0.0.1" });
    const upid = await lab.get<string>("POST", "/100/status/start");
    lab.simulation.clock.advance(1000);
    assert.equal(lab.task(upid).status, undefined);
    assert.equal(lab.finish(upid), "OK");
    assert.equal(await lab.refusal("GET", "/100/agent/network-get-interfaces"), "500 QEMU guest agent is not running");
    lab.simulation.clock.advance(8000);
    assert.ok((await addresses()).includes("10.0.0.7"));
    const down = await lab.get<string>("POST", "/100/status/shutdown");
    lab.simulation.clock.advance(1000);
    assert.equal(await status(), "running");
    lab.simulation.clock.advance(3000);
    assert.equal(lab.task(down).status, "OK");
    assert.equal(await status(), "stopped");
  });

  it("has the agent only when it is configured", async () => {
    await make("immediate", { agent: 0 });
    await lab.run("POST", "/100/status/start");
    assert.equal(await lab.refusal("POST", "/100/agent/ping"), "500 QEMU guest agent is not running");
    await lab.get("PUT", "/100/config", { delete: "agent" });
    await lab.run("POST", "/100/status/stop");
    await lab.run("POST", "/100/status/start");
    assert.equal(await lab.refusal("POST", "/100/agent/ping"), "500 No QEMU guest agent configured");
  });

  it("leases an address, always the same, in the bridge's network without cloud-init", async () => {
    await make("immediate");
    await lab.run("POST", "/100/status/start");
    const [address = ""] = await addresses();
    assert.match(address, /^10\.11\.0\.\d+$/);
    await lab.run("POST", "/100/status/reboot");
    assert.equal((await addresses())[0], address);
  });

  it("answers as the guest would: host name, system, processes, files", async () => {
    await make("immediate");
    await lab.run("POST", "/100/status/start");
    const result = async (command: string) =>
      (await lab.get<{ result: Record<string, unknown> }>("GET", `/100/agent/${command}`)).result;
    assert.deepEqual(await result("get-host-name"), { "host-name": "web" });
    assert.equal((await result("get-osinfo")).id, "debian");
    const { pid } = await lab.get<{ pid: number }>("POST", "/100/agent/exec", { command: ["echo", "hello"] });
    const done = await lab.get<Record<string, unknown>>("GET", "/100/agent/exec-status", { pid });
    assert.equal(done.exited, 1);
    assert.equal(done.exitcode, 0);
    await lab.get("POST", "/100/agent/file-write", { file: "/tmp/a", content: "text" });
    const read = await lab.get<{ content: string }>("GET", "/100/agent/file-read", { file: "/tmp/a" });
    assert.equal(read.content, "text");
  });

  it("never shuts down without an operating system, except by force", async () => {
    await make("immediate");
    await lab.create(101, { memory: 512 });
    await lab.run("POST", "/101/status/start");
    assert.equal(
      await lab.run("POST", "/101/status/shutdown", { timeout: 3 }),
      "VM quit/powerdown failed - got timeout",
    );
    assert.equal(await lab.run("POST", "/101/status/shutdown", { timeout: 3, forceStop: 1 }), "OK");
    assert.equal(lab.guest(101)?.running, undefined);
  });

  it("is paused and goes on; saved to disk it is locked until it starts again", async () => {
    await make("immediate");
    await lab.run("POST", "/100/status/start");
    await lab.run("POST", "/100/status/suspend");
    const paused = await lab.get<{ qmpstatus: string }>("GET", "/100/status/current");
    assert.equal(paused.qmpstatus, "paused");
    await lab.run("POST", "/100/status/resume");
    assert.equal(await lab.run("POST", "/100/status/suspend", { todisk: 1 }), "OK");
    assert.equal(lab.guest(100)?.running, undefined);
    const config = await lab.config(100);
    assert.equal(config.lock, "suspended");
    assert.match(String(config.vmstate), /^local:100\/vm-100-state-suspend-2026-11-21\.raw$/);
    assert.equal(await lab.refusal("PUT", "/100/config", { cores: 2 }), "500 VM is locked (suspended)");
    assert.equal(await lab.run("POST", "/100/status/start"), "OK");
    assert.equal((await lab.config(100)).lock, undefined);
    assert.ok(!lab.images().some((name) => name.includes("state")));
  });

  it("boots anew after a reset", async () => {
    await make("manual");
    lab.finish(await lab.get("POST", "/100/status/start"));
    lab.simulation.clock.advance(8000);
    await lab.get("POST", "/100/agent/ping");
    lab.finish(await lab.get("POST", "/100/status/reset"));
    assert.equal(await lab.refusal("POST", "/100/agent/ping"), "500 QEMU guest agent is not running");
    lab.simulation.clock.advance(8000);
    await lab.get("POST", "/100/agent/ping");
  });

  it("refuses what its state does not allow", async () => {
    await make("immediate");
    assert.equal(await lab.run("POST", "/100/status/shutdown"), "OK");
    await lab.run("POST", "/100/status/start");
    assert.equal(await lab.run("POST", "/100/status/start"), "VM 100 already running");
    await lab.run("POST", "/100/status/suspend");
    assert.equal(await lab.refusal("POST", "/100/status/shutdown"), "500 VM is paused - cannot shutdown");
    assert.equal(await lab.refusal("DELETE", "/100"), "500 VM 100 is running - destroy failed");
  });

  it("warns of secure boot keys that end, once per start", async () => {
    await make("immediate", { efidisk0: "local:1,efitype=4m,pre-enrolled-keys=1" });
    assert.equal(await lab.run("POST", "/100/status/start"), "WARNINGS: 1");
    const { log } = lab.node.tasks[0] ?? assert.fail("no task");
    assert.equal(log[0], "WARN: EFI disk without 'ms-cert=2023k' option, suggesting that not all UEFI 2023");
    assert.equal(log.at(-1), "TASK WARNINGS: 1");
    await lab.run("POST", "/100/status/stop");
    await lab.get("PUT", "/100/config", { delete: "efidisk0" });
    assert.equal(await lab.run("POST", "/100/status/start"), "OK");
  });

  it("does not start on a bridge that is not there", async () => {
    await make("immediate", { net0: "virtio,bridge=vmbr7" });
    assert.equal(await lab.run("POST", "/100/status/start"), "bridge 'vmbr7' does not exist");
  });

  it("lets one task at a time have its lock file", async () => {
    await make("manual");
    await lab.create(101, { memory: 512 });
    lab.finish(await lab.get("POST", "/101/status/start"));
    const slow = await lab.get<string>("POST", "/101/status/shutdown", { timeout: 60 });
    lab.simulation.clock.advance(100);
    const waiting = await lab.get<string>("POST", "/101/status/reset");
    assert.equal(lab.finish(waiting), "can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout");
    assert.equal(lab.finish(slow), "VM quit/powerdown failed - got timeout");
  });

  it("aborts a shutdown for a stop that overrules it", async () => {
    await make("manual");
    await lab.create(101, { memory: 512 });
    lab.finish(await lab.get("POST", "/101/status/start"));
    const shutdown = await lab.get<string>("POST", "/101/status/shutdown");
    lab.simulation.clock.advance(100);
    assert.equal(lab.finish(await lab.get("POST", "/101/status/stop", { "overrule-shutdown": 1 })), "OK");
    assert.notEqual(lab.task(shutdown).status, undefined);
    assert.notEqual(lab.task(shutdown).status, "OK");
  });
});
