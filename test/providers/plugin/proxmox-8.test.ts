import assert from "node:assert/strict";
import { entriesOf, repositoriesIn } from "../../../providers/host/packages/repositories";
import { eventually } from "../../support/eventually";
import { Lab, labWorld, sshConfig, type AnyLab } from "../../support/lab";
import { loneSession } from "../../support/lone-session";
import { loneCall } from "../../support/lone-call";
import { silentReport } from "../../support/silent-report";
import type { Properties } from "../../support/plugin";

const list = "/etc/apt/sources.list";
const folder = "/etc/apt/sources.list.d";

describe("a node of Proxmox VE 8", function () {
  let lab: AnyLab;
  before(async () => {
    const world = labWorld("empty:2");
    world.nodes["pve1"]!.proxmox = 8;
    lab = await Lab.here({ seed: world }, (sim) => ({
      ...sshConfig(sim),
      "proxmox:endpoints": [sim.nodes[0]!.url],
      "proxmox:nodes": {
        pve2: { endpoint: sim.nodes[1]!.url, fingerprint: sim.nodes[1]!.fingerprint, password: sim.password },
      },
    }));
  });
  beforeEach(() => {
    const node = lab.sim.world.nodes["pve1"]!;
    for (const key of ["apt", "aptLists", "packages"] as const) delete node[key];
  });
  after(() => lab.close());

  const node = "pve1";
  const text = (path: string) => lab.sim.world.nodes[node]!.aptLists?.[path] ?? "";
  const put = (path: string, content: string) => {
    lab.sim.world.nodes[node]!.aptLists![path] = content;
  };
  const writes = () =>
    lab.sim.requests.filter(({ method, path }) => method !== "GET" && path.includes("/apt/repositories"));
  const preview = async (kind: string, name: string, args: Properties): Promise<string[]> => {
    const { inputs } = await lab.plugin.check(kind, {}, { ...lab.inputs(kind, name, args), __preview: true });
    return (inputs["__problems"] as string[] | undefined) ?? [];
  };
  const told = (name: string, part: string) =>
    eventually(`${part} in the row of ${name}`, () =>
      lab.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && message.includes(part)),
    );

  const debian =
    "deb http://ftp.debian.org/debian bookworm main contrib\n\n" +
    "deb http://ftp.debian.org/debian bookworm-updates main contrib\n\n" +
    "# security updates\ndeb http://security.debian.org/debian-security bookworm-security main contrib\n\n";
  const free = "deb http://download.proxmox.com/debian/pve bookworm pve-no-subscription\n\n";

  it("is known by the client for what it is, with its one-line files", async () => {
    const [{ url, fingerprint }] = lab.sim.nodes as [(typeof lab.sim.nodes)[number]];
    const session = loneSession(
      {
        ...{ "proxmox:endpoints": [url], "proxmox:fingerprints": [fingerprint] },
        ...{ "proxmox:tokenId": lab.sim.token.id, "proxmox:tokenSecret": lab.sim.token.secret },
      },
      silentReport(),
    );
    const pve = await session.pve(loneCall("x", new AbortController().signal));
    assert.equal((await pve.api.version.$get())["version"], "8.4.21");
    const repositories = pve.api.nodes.$(node).apt.repositories;
    const places = async (handle: string) =>
      entriesOf(repositoriesIn(await repositories.$get()), handle, "8.4.21").map(
        ({ path, index, enabled }) => `${path} ${index} ${enabled}`,
      );
    const known = repositoriesIn(await repositories.$get());
    assert.deepEqual(
      [known.handles.get("ceph-quincy-enterprise"), known.handles.get("ceph-reef-test")],
      [true, undefined],
    );
    assert.deepEqual(await places("enterprise"), [`${folder}/pve-enterprise.list 0 true`]);
    assert.deepEqual(await places("no-subscription"), []);
    await repositories.$put({ handle: "no-subscription", digest: known.digest! });
    assert.deepEqual(await places("no-subscription"), [`${list} 3 true`]);
    await assert.rejects(
      repositories.$post({ path: list, index: 3, enabled: false, digest: known.digest! }),
      /detected modified configuration/,
    );
    await repositories.$post({ path: list, index: 3, enabled: false });
    assert.deepEqual(await places("no-subscription"), [`${list} 3 false`]);
  });

  it("gets a repository in its list, is at rest, and keeps the line behind a # and all foreign ones", async () => {
    const args = { node, handle: "no-subscription" };
    assert.deepEqual(await preview("AptRepository", "free", args), []);
    const made = await lab.create("AptRepository", "free", args);
    assert.equal(text(list), debian + free);
    const before = writes().length;
    const read = await lab.plugin.read("AptRepository", made.id, made.properties);
    assert.equal((await lab.plugin.diff("AptRepository", made.id, read.properties, made.inputs)).changes, "none");
    await lab.plugin.update("AptRepository", made.id, read.properties, made.inputs);
    assert.equal(writes().length, before);

    // By hand: off, with a foreign repository and a remark beside it.
    const foreign = "# ours\ndeb [ arch=amd64 ] https://own.test/debian bookworm main\n\n";
    put(list, `${debian}# ${free}${foreign}`);
    const drifted = await lab.plugin.read("AptRepository", made.id, made.properties);
    assert.equal((await lab.plugin.diff("AptRepository", made.id, drifted.properties, made.inputs)).changes, "some");
    const on = await lab.plugin.update("AptRepository", made.id, drifted.properties, made.inputs);
    assert.equal(text(list), debian + free + foreign);
    assert.match(JSON.stringify(writes().at(-1)), /"method":"POST".*"digest":"[0-9a-f]{64}"/);

    await lab.plugin.delete("AptRepository", made.id, on.properties);
    assert.equal(text(list), `${debian}# ${free}${foreign}`);
    await told("free", "repository no-subscription of node pve1 is disabled; its entry stays in the file");
    await lab.plugin.delete("AptRepository", made.id, on.properties);
    assert.equal(writes().length, before + 2);
  });

  it("has Ceph's of three releases, all of which go off together, and its name for the test repository", async () => {
    await lab.create("AptRepository", "reef", { node, handle: "ceph-reef-enterprise" });
    const made = await lab.create("AptRepository", "ceph-enterprise", {
      node,
      handle: "ceph-enterprise",
      enabled: false,
    });
    assert.equal(
      text(`${folder}/ceph.list`),
      ["quincy", "reef"]
        .map((release) => `# deb https://enterprise.proxmox.com/debian/ceph-${release} bookworm enterprise\n\n`)
        .join(""),
    );
    assert.equal((await lab.plugin.read("AptRepository", made.id, made.properties)).properties["enabled"], false);
    await lab.create("AptRepository", "test", { node, handle: "test" });
    assert.match(text(list), /\ndeb http:\/\/download\.proxmox\.com\/debian\/pve bookworm pvetest\n\n$/);
    assert.match(
      (await preview("AptRepository", "later", { node, handle: "ceph-tentacle-test" })).join(),
      /^handle: there is no repository ceph-tentacle-test on node pve1; there are enterprise, .*ceph-quincy-test, .*ceph-squid-test/,
    );
    // The node of 9 beside it has other ones.
    assert.match(
      (await preview("AptRepository", "earlier", { node: "pve2", handle: "ceph-reef-test" })).join(),
      /^handle: there is no repository ceph-reef-test on node pve2/,
    );
  });

  it("has Proxmox's own under its address of before, which is switched and not written once more", async () => {
    await lab.plugin.read("AptRepository", `${node}/enterprise`, lab.inputs("AptRepository", "seen", {}));
    put(list, `${debian}# deb http://download.proxmox.com/debian/ bookworm pve-no-subscription\n`);
    put(`${folder}/pve-enterprise.list`, "deb https://enterprise.proxmox.com/debian bookworm pve-enterprise\n");
    await lab.create("AptRepository", "enterprise", { node, handle: "enterprise", enabled: false });
    await lab.create("AptRepository", "free", { node, handle: "no-subscription" });
    assert.match(text(`${folder}/pve-enterprise.list`), /^# deb/);
    assert.equal(text(list), `${debian}deb http://download.proxmox.com/debian/ bookworm pve-no-subscription\n\n`);
  });

  it("is not told to add what it would take the Backup Server's for", async () => {
    const args = { node, handle: "no-subscription" };
    const foreign = "deb http://download.proxmox.com/debian/pbs bookworm pbs-no-subscription\n";
    await lab.plugin.read("AptRepository", `${node}/test`, lab.inputs("AptRepository", "seen", {}));
    put(`${folder}/pbs.list`, `# ${foreign}`);
    const refused =
      /pbs\.list on node pve1 has pbs-no-subscription of Proxmox Backup Server switched off, which Proxmox VE would switch on in place of adding no-subscription; take that entry out/;
    const before = writes().length;
    await assert.rejects(
      lab.plugin.create("AptRepository", lab.inputs("AptRepository", "free", args)),
      new RegExp(`${refused.source}.*nothing was changed`),
    );
    assert.equal(writes().length, before);
    put(`${folder}/pbs.list`, foreign);
    await assert.rejects(
      lab.create("AptRepository", "free", args),
      /has not done so: it takes pbs-no-subscription of Proxmox Backup Server, in .*pbs\.list, for it; add it by hand/,
    );
    assert.equal(writes().length, before + 1);
    assert.equal(text(`${folder}/pbs.list`), foreign);
    // In the preview, by a process that has not read the files before.
    put(`${folder}/pbs.list`, `# ${foreign}`);
    const later = await Lab.hereOn(lab.sim, sshConfig(lab.sim));
    try {
      assert.match((await later.problems("AptRepository", args)).join(), new RegExp(`^handle: .*${refused.source}`));
    } finally {
      await later.plugin.close();
    }
  });

  it("is upgraded with packages of its Debian, and gets Ceph from its list", async () => {
    await assert.rejects(
      lab.create("AptUpgrade", "up", { node }),
      /failed at ceph-quincy-enterprise \(\/etc\/apt\/sources\.list\.d\/ceph\.list\) and enterprise \([^)]*pve-enterprise\.list\), [^]*write repositories: { "ceph-enterprise": false, enterprise: false }/,
    );
    for (const handle of ["enterprise", "ceph-enterprise"])
      await lab.create("AptRepository", handle, { node, handle, enabled: false });
    await lab.create("AptRepository", "free", { node, handle: "no-subscription" });
    await lab.create("AptUpgrade", "up", { node });
    assert.equal(lab.sim.world.nodes[node]!.packages?.installed["qemu-server"], "8.4.1");
    const tools = await lab.create("SystemPackage", "tools", { node, packages: ["htop"] });
    assert.deepEqual(tools.properties["versions"], { htop: "3.2.2-2" });
    const ceph = await lab.create("CephInstall", "ceph", { node, release: "squid", repository: "no-subscription" });
    assert.equal(ceph.properties["release"], "squid");
    assert.equal(
      text(`${folder}/ceph.list`),
      "deb http://download.proxmox.com/debian/ceph-squid bookworm no-subscription\n",
    );
  });
});
