import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { image, Lab, labWorld, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { secretUuid } from "../../support/secret-values";

const tokenId = "automation@pve!pulumi";

describe("rights that a preview finds missing", function () {
  let lab: AnyLab;
  const all =
    "VM.Allocate VM.Audit VM.Config.CPU VM.Config.Disk VM.Config.HWType VM.Config.Memory VM.Config.Network".split(" ");
  const guests = [...all, "VM.Config.Options", "VM.GuestAgent.Audit", "VM.PowerMgmt"];
  const secret = secretUuid("a token with too few rights");
  before(async () => {
    const world = labWorld();
    const access = Object.values(world.clusters)[0]!.access;
    access.users["automation@pve"] = { enable: 1, expire: 0, tokens: { pulumi: { secret, privsep: 0, expire: 0 } } };
    access.roles["Guests"] = guests;
    access.roles["Audit"] = ["Sys.Audit"];
    access.roles["Space"] = ["Datastore.AllocateSpace"];
    const give = (path: string, roleid: string, propagate = 1) =>
      access.acl.push({ path, type: "user", ugid: "automation@pve", roleid, propagate });
    give("/", "Audit", 0);
    give("/vms/200", "Guests");
    give("/pool/team", "Guests");
    Object.values(world.clusters)[0]!.pools["team"] = { vms: [], storage: [] };
    give("/storage/local-lvm", "Space", 0);
    lab = await Lab.here({ seed: world }, { "proxmox:tokenId": tokenId, "proxmox:tokenSecret": secret });
  });
  after(() => lab.close());

  let previews = 0;
  /** What is said in the row of a resource that nobody has previewed before. */
  async function preview(
    kind: string,
    args: Properties,
    { name = `r${++previews}`, olds = {} }: { name?: string; olds?: Properties } = {},
  ): Promise<string[]> {
    const { inputs } = await lab.plugin.check(kind, olds, { ...lab.inputs(kind, name, args), __preview: true });
    assert.equal(inputs["__problems"], undefined);
    // Rows come in their order: what was told before this one is there when it is.
    await lab.plugin.check(
      "Group",
      {},
      { ...lab.inputs("Group", `${name}-after`, { groupId: "team" }), __preview: true },
    );
    return lab.plugin.engine.messages
      .filter(({ urn, message }) => urn.endsWith(`::${name}`) && message.includes("who this stack works as, has no"))
      .map(({ message }) => message);
  }
  const vm = (more: Properties): Properties => ({
    node: "pve1",
    source: { empty: true },
    started: false,
    disks: [{ storage: "local-lvm", sizeGiB: 1 }],
    ...more,
  });

  it("are none where all is given, by the guest's own path and by its pool", async () => {
    assert.deepEqual(await preview("Vm", vm({ vmid: 200 })), []);
    assert.deepEqual(await preview("Vm", vm({ vmid: 201, pool: "team" })), []);
  });

  it("are none where it cannot be told: a guest without a number may get one that is allowed", async () => {
    assert.deepEqual(await preview("Vm", vm({})), []);
  });

  it("are told by path before anything is done, each one once", async () => {
    const args = vm({ vmid: 202, networks: [{ bridge: "vmbr0", vlan: 5 }] });
    const first = await preview("Vm", args, { name: "told" });
    assert.equal(first.length, 1);
    const [text = ""] = first;
    assert.match(
      text,
      new RegExp(`${tokenId}, who this stack works as, has no SDN\\.Use on /sdn/zones/localnetwork/vmbr0/5`),
    );
    for (const privilege of "VM.Allocate VM.Audit VM.Config.Disk VM.Config.HWType VM.Config.Network VM.Config.Options".split(
      " ",
    ))
      assert.ok(text.includes(`no ${privilege} on /vms/202`), privilege);
    assert.ok(!text.includes("Datastore"), text);
    assert.match(text, /unless that is given before, up fails there/);
    assert.deepEqual(await preview("Vm", args, { name: "told" }), first);
    assert.equal(lab.sim.requests.filter(({ method, user }) => method !== "GET" && user === tokenId).length, 0);
  });

  it("are those of what changes, when something is there already", async () => {
    const made = lab.inputs("Vm", "there", vm({ vmid: 203 }));
    const { inputs: was } = await lab.plugin.check("Vm", {}, made);
    assert.deepEqual(await preview("Vm", was, { name: "there", olds: was }), []);
    const [text = ""] = await preview("Vm", { ...was, description: "more" }, { name: "there", olds: was });
    assert.match(text, /has no VM\.Audit on \/vms\/203, no VM\.Config\.Options on \/vms\/203; unless/);
  });

  it("are compared with one list for the whole run, and asked for by their path before they are told", async () => {
    const asked = lab.sim.requests.filter(({ path, user }) => path === "/access/permissions" && user === tokenId);
    const paths = asked.map(({ params }) => params["path"] ?? "all");
    assert.deepEqual(
      paths.filter((path, i) => paths.indexOf(path) !== i),
      [],
    );
    assert.ok(paths.includes("/vms/202"));
  });

  it("make nothing out of what is not shown: neither a storage, nor the pool that a guest is in", async () => {
    const access = Object.values(lab.sim.world.clusters)[0]!.access;
    access.roles["See"] = ["Datastore.Audit"];
    const entry = {
      path: "/storage/local",
      type: "user",
      ugid: "automation@pve",
      roleid: "See",
      propagate: 0,
    } as const;
    access.acl.push(entry);
    try {
      const run = await Lab.hereOn(lab.sim, { "proxmox:tokenId": tokenId, "proxmox:tokenSecret": secret }, lab.stackId);
      try {
        // local is listed, local-lvm is not; what would be listed, and is not, is missing.
        const made = await run.create("Vm", "pooled", vm({ vmid: 205, pool: "team" }));
        const { properties } = await run.plugin.read("Vm", made.id, made.properties);
        assert.equal(properties["pool"], "team");
        assert.equal((await run.plugin.diff("Vm", made.id, properties, made.inputs)).changes, "none");
        await run.plugin.delete("Vm", made.id, properties);
        const problems = (storage: string) =>
          run.problems("CloudImage", { ...image, bytes: undefined, node: "pve1", storage });
        access.acl.push({ ...entry, path: "/storage/lokal" });
        assert.match((await problems("lokal")).join(), /there is no storage "lokal"; did you mean "local"/);
      } finally {
        await run.close();
      }
    } finally {
      access.acl.splice(access.acl.indexOf(entry));
    }
  });

  it("are told by the first of several ways, and not at all where another one is open", async () => {
    // Whoever may make a guest may give others rights on it.
    assert.deepEqual(await preview("Acl", { path: "/vms/200", role: "PVEAuditor", user: "root@pam" }), []);
    const url = "https://cloud.example.com/debian-12-genericcloud-amd64.qcow2";
    const image = await preview("CloudImage", {
      node: "pve1",
      storage: "local",
      url,
      checksum: `sha256:${"0".repeat(64)}`,
    });
    assert.match(image.join(), /no Sys\.AccessNetwork on \/nodes\/pve1/);
    assert.doesNotMatch(image.join(), /Sys\.Modify/);
  });

  it("are none when Proxmox does not answer", async () => {
    lab.sim.simulation.faults.add({
      route: "GET /access/permissions",
      effect: { kind: "status", status: 500, reason: "out of order" },
    } as never);
    assert.deepEqual(await preview("Vm", vm({ vmid: 209 })), []);
    await eventually("a word that nothing was compared", () =>
      lab.plugin.engine.messages.some(({ message }) => message.includes("rights were not compared")),
    );
  });
});
