// The npm package `proxmox-api` with its own engine against the simulator that the environment names: a process of its
// own, because Node.js reads the authority (NODE_EXTRA_CA_CERTS) when it starts.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { proxmoxApi } from "proxmox-api";

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

const [host = "", port = ""] = setting("SIMULATOR_HOST").split(":");
const server = { host, port: Number(port) };
const nodeName = setting("SIMULATOR_NODE");
const byToken = proxmoxApi({
  ...server,
  tokenID: setting("SIMULATOR_TOKEN_ID"),
  tokenSecret: setting("SIMULATOR_TOKEN_SECRET"),
});
const byTicket = proxmoxApi({ ...server, username: "root@pam", password: setting("SIMULATOR_PASSWORD") });
const node = byToken.nodes.$(nodeName);

async function finished(upid: string): Promise<void> {
  for (;;) {
    const status = await node.tasks.$(upid).status.$get();
    if (status.status === "stopped") return assert.equal(status.exitstatus, "OK", upid);
    await sleep(20);
  }
}

const checks: Readonly<Record<string, () => Promise<void>>> = {
  "log in": async () => {
    assert.match((await byTicket.version.$get()).version, /^9\./);
    assert.match((await byToken.version.$get()).version, /^9\./);
    const wrong = proxmoxApi({ ...server, username: "root@pam", password: "wrong" });
    await assert.rejects(wrong.version.$get(), /Auth .* Failed/);
  },
  create: async () => {
    const storage = node.storage.$("local");
    await finished(
      await storage["download-url"].$post({
        content: "import" as "iso", // its declarations are older than Proxmox VE 8.4
        filename: "debian.qcow2",
        url: setting("SIMULATOR_IMAGE"),
      }),
    );
    const disk = "local-lvm:0,import-from=local:import/debian.qcow2";
    const vm = { vmid: 200, name: "db-1", memory: "1024", scsihw: "virtio-scsi-single", boot: "order=scsi0" } as const;
    await finished(await node.qemu.$post({ ...vm, scsi0: disk, net0: "virtio,bridge=vmbr0", agent: "1" }));
    const config = await node.qemu.$(200).config.$get();
    assert.equal(config.name, "db-1");
    assert.equal(config.scsi0, "local-lvm:vm-200-disk-0,size=3G");
  },
  "clone and reconfigure": async () => {
    await finished(await node.qemu.$(200).clone.$post({ newid: 201, name: "db-2", full: true }));
    await node.qemu.$(201).config.$put({ cores: 4, onboot: true });
    await finished(await node.qemu.$(201).config.$post({ description: "line one\nline two" }));
    const config = await node.qemu.$(201).config.$get();
    assert.deepEqual([config.cores, Number(config.onboot), config.name], [4, 1, "db-2"]);
    assert.equal(config.description?.trim(), "line one\nline two");
  },
  snapshot: async () => {
    await finished(await node.qemu.$(201).snapshot.$post({ snapname: "first" }));
    const names = (await node.qemu.$(201).snapshot.$get()).map(({ name }) => name);
    assert.deepEqual(names, ["first", "current"]);
    await finished(await node.qemu.$(201).snapshot.$("first").rollback.$post());
    await finished(await node.qemu.$(201).snapshot.$("first").$delete());
  },
  "start and stop": async () => {
    await finished(await node.qemu.$(201).status.start.$post());
    assert.equal((await node.qemu.$(201).status.current.$get()).status, "running");
    await finished(await node.qemu.$(201).status.stop.$post());
    assert.equal((await node.qemu.$(201).status.current.$get()).status, "stopped");
  },
  "users and pools": async () => {
    await byTicket.pools.$post({ poolid: "databases" });
    await byTicket.pools.$put({ poolid: "databases", vms: "200,201" });
    await byTicket.access.users.$post({ userid: "grace@pve" });
    await byTicket.access.acl.$put({ path: "/pool/databases", users: "grace@pve", roles: "PVEVMUser" });
    const entry = (await byTicket.access.acl.$get()).find(({ ugid }) => ugid === "grace@pve");
    assert.deepEqual([entry?.path, entry?.roleid], ["/pool/databases", "PVEVMUser"]);
  },
  "read back": async () => {
    const guests = await byToken.cluster.resources.$get({ type: "vm" });
    assert.deepEqual(guests.map(({ vmid, pool }: { vmid?: number; pool?: string }) => [vmid, pool]).sort(), [
      [200, "databases"],
      [201, "databases"],
    ]);
    const volumes = await node.storage.$("local-lvm").content.$get();
    assert.deepEqual(volumes.map(({ volid }) => volid).sort(), ["local-lvm:vm-200-disk-0", "local-lvm:vm-201-disk-0"]);
    const types = (await node.tasks.$get({ limit: 500 })).map(({ type }) => type);
    for (const type of ["qmcreate", "qmclone", "qmsnapshot", "qmstart"]) assert.ok(types.includes(type), type);
  },
  errors: async () => {
    await assert.rejects(node.qemu.$(999).config.$get(), /500 .*does not exist/);
    await assert.rejects(node.qemu.$post({ vmid: 1 }), /400 Parameter verification failed.*vmid/);
  },
  destroy: async () => {
    for (const vmid of [200, 201]) await finished(await node.qemu.$(vmid).$delete());
    assert.deepEqual(await byToken.cluster.resources.$get({ type: "vm" }), []);
    await byTicket.pools.$delete({ poolid: "databases" });
    await byTicket.access.users.$("grace@pve").$delete();
  },
};

async function main(): Promise<void> {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      process.stdout.write(`ok proxmox-api: ${name}\n`);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.stdout.write(`FAIL proxmox-api: ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

void main();
