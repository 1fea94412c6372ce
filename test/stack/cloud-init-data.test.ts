import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { labWorld, sshConfig } from "../support/lab";
import { counts, ok } from "../support/results";

const password = "correct-horse-battery";
const userData = `#cloud-config\nusers:\n  - name: admin\n    plain_text_passwd: ${password}\n`;

const machine = (cloudInit: Record<string, unknown>): Described => ({
  kind: "Vm",
  name: "web",
  args: {
    node: "pve1",
    source: { empty: true },
    disks: [{ storage: "local-lvm", sizeGiB: 1 }],
    started: true,
    cloudInit,
  },
});

describe("own cloud-init data, with the real engine", function () {
  let sim: Simulator;
  let lab: DescribedStack;
  beforeEach(async () => {
    sim = await startSimulator({ seed: labWorld() });
  });
  afterEach(async () => {
    await lab.stack.close();
    await sim.close();
  });

  const guest = () => sim.world.clusters["pve1"]?.guests["2000"];
  const files = (): string[] =>
    Object.keys(sim.world.nodes["pve1"]?.volumes["/var/lib/vz"] ?? {}).filter((name) =>
      /^(?:iso|snippets)\//.test(name),
    );
  /** Everything that the commands have said. */
  const said: string[] = [];
  const run = async (command: "up" | "preview" | "refresh" | "destroy") => {
    const result = ok(await lab.stack[command]());
    said.push(result.stdout, result.stderr);
    return result;
  };

  /** The config of this test's program holds the text, and is in the state as such. */
  const assertSealed = async () => {
    const { resources = [] } = await lab.stack.export();
    const ours = resources.filter(({ type }) => type.includes("dynamic/proxmox:"));
    assert.ok(ours.some(({ type }) => type.endsWith(":Vm")));
    assert.ok(!JSON.stringify(ours).includes(password), "the state shows user data");
  };

  it("by an image: a change swaps it and keeps the machine; destroy leaves no file", async () => {
    lab = await DescribedStack.create(sim, [machine({ userData })]);
    await run("up");
    const [first = ""] = files();
    assert.match(first, /^iso\/web-[0-9a-f]{8}-cloud-init-[0-9a-f]{12}\.iso$/);
    const uuid = guest()?.config["smbios1"];
    assert.ok(uuid);

    lab.describe([machine({ userData: `${userData}packages: [htop]\n` })]);
    assert.match((await run("preview")).stdout, /live: cloudInit\.userData/);
    assert.deepEqual(counts(await run("up")), { same: 2, update: 1 });
    assert.equal(guest()?.config["smbios1"], uuid);
    const [second = ""] = files();
    assert.equal(files().length, 1);
    assert.notEqual(second, first);
    assert.match(guest()?.config["ide2"] ?? "", new RegExp(`^local:${second}`));
    assert.deepEqual(counts(await run("refresh")), { same: 3 });

    await assertSealed();
    await run("destroy");
    assert.equal(guest(), undefined);
    assert.deepEqual(files(), []);
    assert.ok(!said.join("").includes(password), "user data were shown");
  });

  it("by snippets, over SSH: the same, and a snippet of the program's own", async () => {
    const { "proxmox:sshPassword": secret, ...config } = sshConfig(sim);
    const environment = { PROXMOX_SSH_PASSWORD: String(secret) };
    const own: Described = { kind: "Snippet", name: "base", args: { node: "pve1", content: userData } };
    lab = await DescribedStack.create(sim, [own, machine({ userData })], config, environment);
    await run("up");
    const uuid = guest()?.config["smbios1"];
    const first = guest()?.config["cicustom"];
    assert.match(
      first ?? "",
      /^meta=local:snippets\/web-\S+\.yaml,user=local:snippets\/web-\w{8}-user-data-\w{12}\.yaml$/,
    );
    assert.equal(files().length, 3);

    lab.describe([own, machine({ userData: { packages: ["htop"] } })]);
    assert.deepEqual(counts(await run("up")), { same: 3, update: 1 });
    assert.equal(guest()?.config["smbios1"], uuid);
    assert.notEqual(guest()?.config["cicustom"], first);
    assert.equal(files().length, 3);

    await assertSealed();
    await run("destroy");
    assert.deepEqual(files(), []);
    assert.ok(!said.join("").includes(password), "user data were shown");
    assert.ok(!JSON.stringify([sim.requests, sim.sshRecords]).includes(password), "user data are in what was asked");
    assert.deepEqual(
      sim.sshRecords.filter(({ unbuilt }) => unbuilt),
      [],
    );
  });
});
