import assert from "node:assert/strict";
import {
  addRepository,
  aptRepositories,
  changeRepository,
  writeCephSources,
} from "../../../simulator/apt/apt-files.js";
import { startSimulator, type Simulator } from "../../../simulator/index.js";
import { refreshIndex, updateRows } from "../../../simulator/packages/node-packages.js";
import { seedWorld } from "../../../simulator/seeds/index.js";
import { emptyWorld, install } from "../../../simulator/seeds/standalone.js";
import type { NodeState } from "../../../simulator/world/world.js";
import { ask } from "../api-client";

const list = "/etc/apt/sources.list";
const folder = "/etc/apt/sources.list.d";
const debian =
  "deb http://ftp.debian.org/debian bookworm main contrib\n\n" +
  "deb http://ftp.debian.org/debian bookworm-updates main contrib\n\n" +
  "# security updates\ndeb http://security.debian.org/debian-security bookworm-security main contrib\n\n";

describe("a simulated node of Proxmox VE 8", () => {
  let node: NodeState;
  beforeEach(() => {
    node = seedWorld("empty:1").nodes["pve1"]!;
    node.proxmox = 8;
  });

  const handles = () =>
    Object.fromEntries(aptRepositories(node)["standard-repos"].map(({ handle, status }) => [handle, status]));
  const text = (path: string) => node.aptLists?.[path];
  const put = (path: string, content: string) => {
    aptRepositories(node);
    node.aptLists![path] = content;
  };

  it("says so beside one of 9, in its version, status and packages", async () => {
    const world = seedWorld("empty:2");
    world.nodes["pve2"]!.proxmox = 8;
    const sim: Simulator = await startSimulator({ seed: world, clock: "manual" });
    try {
      const token = { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` };
      const get = async (at: number, path: string) =>
        (await ask(sim.nodes[at]!, "GET", path, { headers: token })).json?.data as Record<string, unknown>;
      const eight = { release: "8.4", repoid: "2606ac850d46da29", version: "8.4.21" };
      assert.equal((await get(0, "/version"))["version"], "9.2.11");
      assert.deepEqual(await get(1, "/version"), eight);
      assert.deepEqual(await get(1, "/nodes/pve2/version"), eight);
      const status = await get(1, "/nodes/pve2/status");
      assert.equal(status["pveversion"], "pve-manager/8.4.21/2606ac850d46da29");
      assert.match(String(status["kversion"]), /^Linux 6\.8\.12-9-pve /);
      const rows = (await get(1, "/nodes/pve2/apt/versions")) as unknown as Record<string, string>[];
      const version = (name: string) => rows.find(({ Package }) => Package === name)?.["Version"];
      assert.deepEqual(["proxmox-ve", "pve-manager", "qemu-server"].map(version), ["8.4.0", "8.4.21", "8.3.12"]);
      assert.equal(rows[0]!["RunningKernel"], "6.8.12-9-pve");
      const all = (await get(1, "/nodes/pve2/apt/repositories")) as unknown as ReturnType<typeof aptRepositories>;
      assert.deepEqual(
        all.files.map((file) => `${file.path} ${file["file-type"]} ${file.repositories.length}`),
        [`${list} list 3`, `${folder}/ceph.list list 1`, `${folder}/pve-enterprise.list list 1`],
      );
      assert.deepEqual(all.files[2]!.repositories, [
        {
          ...{ Types: ["deb"], URIs: ["https://enterprise.proxmox.com/debian/pve"], Suites: ["bookworm"] },
          ...{ Components: ["pve-enterprise"], FileType: "list", Enabled: 1 },
        },
      ]);
      assert.deepEqual(
        [all.files[0]!.repositories[2]!.Comment, all.files[0]!.digest.length],
        [" security updates\n", 32],
      );
    } finally {
      await sim.close();
    }
  });

  it("is made by an option", () => {
    const place = {
      domain: "lab",
      address: "192.0.2.1",
      prefix: 24,
      gateway: "192.0.2.254",
      password: "x",
      ports: ["eth0"],
    };
    const made = (proxmox?: 8) => install(emptyWorld(), { name: "a", ...place, ...(proxmox ? { proxmox } : {}) }).node;
    assert.deepEqual([made(8).proxmox, "proxmox" in made()], [8, false]);
  });

  it("has handles for three releases of Ceph", () => {
    assert.deepEqual(handles(), {
      ...{ enterprise: 1, "no-subscription": undefined, test: undefined, "ceph-quincy-enterprise": 1 },
      ...{ "ceph-quincy-no-subscription": undefined, "ceph-quincy-test": undefined },
      ...{ "ceph-reef-enterprise": undefined, "ceph-reef-no-subscription": undefined, "ceph-reef-test": undefined },
      ...{ "ceph-squid-enterprise": undefined, "ceph-squid-no-subscription": undefined, "ceph-squid-test": undefined },
    });
    assert.throws(
      () => addRepository(node, "ceph-tentacle-test"),
      /unknown variant `ceph-tentacle-test`, expected one of/,
    );
  });

  it("adds to its lists, writes them anew with what is foreign, and switches a line by a #", () => {
    addRepository(node, "no-subscription", aptRepositories(node).digest);
    const added = "deb http://download.proxmox.com/debian/pve bookworm pve-no-subscription\n\n";
    assert.equal(text(list), debian + added);
    changeRepository(node, list, 3, false);
    assert.equal(text(list), `${debian}# ${added}`);
    assert.equal(handles()["no-subscription"], 0);
    // Once more, as proxmox-apt looks for the Backup Server's.
    addRepository(node, "no-subscription");
    assert.equal(text(list), `${debian}# ${added}${added}`);
    changeRepository(node, `${folder}/pve-enterprise.list`, 0, false);
    assert.equal(
      text(`${folder}/pve-enterprise.list`),
      "# deb https://enterprise.proxmox.com/debian/pve bookworm pve-enterprise\n\n",
    );
    changeRepository(node, `${folder}/ceph.list`, 0, false);
    addRepository(node, "ceph-quincy-enterprise");
    assert.equal(handles()["ceph-quincy-enterprise"], 1);
    addRepository(node, "ceph-squid-no-subscription");
    assert.equal(
      text(`${folder}/ceph.list`),
      "deb https://enterprise.proxmox.com/debian/ceph-quincy bookworm enterprise\n\n" +
        "deb http://download.proxmox.com/debian/ceph-squid bookworm no-subscription\n\n",
    );
    addRepository(node, "test");
    assert.match(text(list)!, /debian\/pve bookworm pvetest\n\n$/);
    const { digest } = aptRepositories(node);
    put(`${folder}/own.list`, "deb http://x.test/ ./\n");
    assert.throws(() => changeRepository(node, list, 0, true, digest), /detected modified configuration/);
    assert.throws(() => changeRepository(node, list, 9, true), { message: "invalid index - 9\n" });
  });

  it("reads what proxmox-apt reads, and writes it as that does", () => {
    // Its own examples: options, comments behind a line, quotes, what is no repository, what another product has.
    put(
      `${folder}/own.list`,
      "deb [ lang=it,de arch=amd64 ] http://ftp.at.debian.org/debian bookworm main contrib # comment\n" +
        "#deb [lang+=fr lang-=de] http://ftp.at.debian.org/debian bookworm non-free # non-free :(\n" +
        "# a remark\n\nlonely\n" +
        'deb-src "https://own.test/with blank" bookworm/\n# the end\n',
    );
    changeRepository(node, `${folder}/own.list`, 2, false);
    assert.equal(
      text(`${folder}/own.list`),
      "# comment\ndeb [ lang=it,de arch=amd64 ] http://ftp.at.debian.org/debian bookworm main contrib\n\n" +
        "# non-free :(\n# deb [ lang+=fr lang-=de ] http://ftp.at.debian.org/debian bookworm non-free\n\n" +
        '# a remark\n# deb-src "https://own.test/with blank" bookworm/ \n\n',
    );
    put(`${folder}/own.list`, "deb http://x.test bookworm main\ndeb http://x.test\n");
    put(`${folder}/ceph.list`, "deb http://x.test bookworm\n");
    const { errors, files } = aptRepositories(node);
    assert.deepEqual(errors, [
      { path: `${folder}/ceph.list`, error: "check for repository 1 - missing component(s)" },
      { path: `${folder}/own.list`, error: "malformed entry on line 2 - missing suite" },
    ]);
    assert.equal(files.length, 2);
    assert.throws(
      () => changeRepository(node, `${folder}/own.list`, 0, false),
      /unable to parse file .*own\.list - malformed entry on line 2/,
    );
    assert.throws(
      () => addRepository(node, "ceph-reef-test"),
      /unable to parse existing file .*ceph\.list - check for/,
    );
    for (const [line, words] of [
      ["deb [ x http://x.test a b", /options not closed by ']'|got invalid option - 'x'/],
      ["deb [=x] http://x.test a b", /option has no key: '=x'/],
      ["deb [x=] http://x.test a b", /option has no value: 'x='/],
      ['deb "http://x.test a b', /missing terminating '"'/],
      ["dep http://x.test a b", /unknown variant `dep`, expected `deb` or `deb-src`/],
      ["deb x a b", /invalid URI: 'x'/],
      ["deb http://x.test ./ b", /absolute suite '\.\/' does not allow component\(s\)/],
    ] as const) {
      put(`${folder}/own.list`, `${line}\n`);
      assert.match(
        aptRepositories(node)
          .errors.map(({ error }) => error)
          .join("\n"),
        words,
        line,
      );
    }
  });

  it("knows Proxmox's by its address of before and Quincy's by `main`, and none of another Debian", () => {
    put(`${folder}/pve-enterprise.list`, "# deb https://enterprise.proxmox.com/debian/ bookworm pve-enterprise\n");
    put(`${folder}/ceph.list`, "deb http://download.proxmox.com/debian/ceph-quincy bookworm main\n");
    put(`${folder}/own.list`, "deb http://download.proxmox.com/debian/pve trixie pve-no-subscription\n");
    const { enterprise, "ceph-quincy-no-subscription": quincy, "no-subscription": free } = handles();
    assert.deepEqual([enterprise, quincy, free], [0, 1, undefined]);
  });

  it("enables the Backup Server's repository where the one of Proxmox VE was asked for", () => {
    put(`${folder}/pbs.list`, "# deb http://download.proxmox.com/debian/pbs bookworm pbs-no-subscription\n");
    addRepository(node, "no-subscription");
    assert.equal(handles()["no-subscription"], undefined);
    assert.match(text(`${folder}/pbs.list`)!, /^deb /);
    addRepository(node, "no-subscription");
    assert.equal(handles()["no-subscription"], undefined);
  });

  it("gets packages for its Debian, and the list of Ceph that pveceph writes", () => {
    const world = { web: {} };
    changeRepository(node, `${folder}/pve-enterprise.list`, 0, false);
    changeRepository(node, `${folder}/ceph.list`, 0, false);
    addRepository(node, "no-subscription");
    assert.deepEqual(refreshIndex({ world } as never, node), []);
    assert.deepEqual(
      updateRows(node).map((row) => `${row.Package} ${row.Version}`),
      ["openssh-server 1:9.2p1-2+deb12u7", "qemu-server 8.4.1"],
    );
    writeCephSources(node, "squid", "no-subscription");
    assert.equal(
      text(`${folder}/ceph.list`),
      "deb http://download.proxmox.com/debian/ceph-squid bookworm no-subscription\n",
    );
  });
});
