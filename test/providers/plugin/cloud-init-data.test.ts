import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { providerText } from "../../../providers/kernel/program/text";
import { startSimulator, type Simulator } from "../../../simulator";
import { Lab, labWorld, pluginConfig, sshConfig } from "../../support/lab";
import { startPlugin, type Plugin, type Properties } from "../../support/plugin";
import { secretValue } from "../../support/secret-values";

const userData = "#cloud-config\nusers:\n  - name: admin\n    passwd: correct-horse-battery\n";

/** Volumes of own data on the simulated node's `local`. */
const files = (lab: Lab): string[] =>
  Object.keys(lab.sim.world.nodes["pve1"]?.volumes["/var/lib/vz"] ?? {})
    .filter((name) => /^(?:iso|snippets)\//.test(name))
    .sort();
const config = (lab: Lab, id: string): Record<string, string> =>
  lab.sim.world.clusters["pve1"]?.guests[id]?.config ?? assert.fail(`no VM ${id}`);
const content = (lab: Lab, volume: string): string =>
  Buffer.from(
    lab.sim.world.nodes["pve1"]?.volumes["/var/lib/vz"]?.[volume.replace(/^local:/, "")]?.content ?? "",
    "base64",
  ).toString("latin1");

const machine = (args: Properties = {}): Properties => ({
  node: "pve1",
  source: { empty: true },
  disks: [{ storage: "local-lvm", sizeGiB: 1 }],
  started: false,
  cloudInit: { userData },
  ...args,
});

interface Made {
  id: string;
  properties: Properties;
  inputs: Properties;
}

async function update(lab: Lab, made: Made, args: Properties, name = "web") {
  const { inputs, failures } = await lab.plugin.check("Vm", made.inputs, lab.inputs("Vm", name, args));
  assert.deepEqual(failures, []);
  const diff = await lab.plugin.diff("Vm", made.id, made.properties, inputs);
  assert.deepEqual(diff.replaces, []);
  const { properties } = await lab.plugin.update("Vm", made.id, made.properties, inputs);
  return { id: made.id, properties, inputs };
}

async function unchanged(lab: Lab, made: Made): Promise<void> {
  const { properties } = await lab.plugin.read("Vm", made.id, made.properties);
  const { changes } = await lab.plugin.diff("Vm", made.id, properties, made.inputs);
  assert.equal(changes, "none");
}

describe("own cloud-init data by an image", function () {
  let lab: Lab;
  before(async () => (lab = await Lab.start({}, { "proxmox:vmids": "2000-2999" })));
  after(() => lab.close());
  // Without it, the listing takes long, and dies of any image that is deleted meanwhile.
  afterEach(() => {
    const listings = lab.sim.requests.filter(({ method, path }) => method === "GET" && path.endsWith("/content"));
    assert.deepEqual(
      listings.filter(({ params }) => params["content"] === undefined),
      [],
    );
  });

  it("are uploaded under a name that tells their content, and inserted; deletion takes them along", async () => {
    const made = await lab.create("Vm", "web", machine());
    const [file = ""] = files(lab);
    assert.match(file, /^iso\/web-[0-9a-f]{8}-cloud-init-[0-9a-f]{12}\.iso$/);
    assert.deepEqual(files(lab), [file]);
    assert.match(config(lab, made.id)["ide2"] ?? "", new RegExp(`^local:${file},media=cdrom`));
    const image = content(lab, `local:${file}`);
    assert.ok(image.includes(userData));
    assert.match(image, /"local-hostname": "web"/);
    assert.match(image, /"instance-id": "pulumi-[0-9a-f]{32}"/);
    await unchanged(lab, made);

    await lab.plugin.delete("Vm", made.id, made.properties);
    assert.deepEqual(files(lab), []);
    assert.equal(lab.sim.world.clusters["pve1"]?.guests[made.id], undefined);
  });

  it("change in place: the new image goes in, the old one goes away, the machine stays", async () => {
    const made = await lab.create("Vm", "web", machine({ started: true }));
    const [old] = files(lab);
    const { uuid } = made.properties;
    const changed = await update(
      lab,
      made,
      machine({ started: true, cloudInit: { userData: { packages: ["htop"] } } }),
    );
    assert.equal(changed.properties["uuid"], uuid);
    const now = files(lab);
    assert.equal(now.length, 1);
    assert.notDeepEqual(now, [old]);
    assert.match(content(lab, now[0] ?? ""), /#cloud-config\n\{\n {2}"packages": \[/);
    await unchanged(lab, changed);

    // The name is in the meta data, and no reason to run cloud-init again.
    const instance = /pulumi-[0-9a-f]{32}/.exec(content(lab, now[0] ?? ""))?.[0];
    const renamed = await update(lab, changed, {
      ...machine({ started: true, cloudInit: { userData: { packages: ["htop"] } } }),
      name: "renamed",
    });
    const [image = ""] = files(lab);
    assert.equal(files(lab).length, 1);
    assert.match(image, /^iso\/renamed-/);
    assert.equal(/pulumi-[0-9a-f]{32}/.exec(content(lab, image))?.[0], instance);

    const plain = await update(lab, renamed, {
      ...machine({ started: true, cloudInit: { user: "admin" } }),
      name: "renamed",
    });
    assert.deepEqual(files(lab), []);
    assert.match(config(lab, made.id)["ide2"] ?? "", /^local-lvm:vm-\d+-cloudinit/);
    const back = await update(lab, plain, { ...machine({ started: true }), name: "renamed" });
    assert.equal(files(lab).length, 1);
    const store = Object.values(lab.sim.world.nodes["pve1"]?.volumes ?? {}).flatMap((volumes) => Object.keys(volumes));
    assert.deepEqual(
      store.filter((name) => name.includes("-cloudinit")),
      [],
      "the cloud-init drive is still there as a volume",
    );
    const none = await update(lab, back, { ...machine({ started: true, cloudInit: undefined }), name: "renamed" });
    assert.deepEqual(files(lab), []);
    assert.equal(config(lab, made.id)["ide2"], "none,media=cdrom");
    await lab.plugin.delete("Vm", made.id, none.properties);
  });

  it("show as a change when somebody takes them out, and are put back", async () => {
    const made = await lab.create("Vm", "web", machine());
    config(lab, made.id)["ide2"] = "none,media=cdrom";
    const { properties } = await lab.plugin.read("Vm", made.id, made.properties);
    assert.match(String((properties["cloudInit"] as Properties)["userData"]), /not as described/);
    const again = await update(lab, { ...made, properties }, machine());
    assert.match(config(lab, made.id)["ide2"] ?? "", /^local:iso\/web-/);
    await unchanged(lab, again);

    // And a file that is gone is uploaded again.
    for (const name of files(lab)) delete lab.sim.world.nodes["pve1"]?.volumes["/var/lib/vz"]?.[name];
    const uploaded = await update(lab, again, machine({ memoryMiB: 1024 }));
    assert.equal(files(lab).length, 1);
    await lab.plugin.delete("Vm", made.id, uploaded.properties);
  });

  it("stay as long as another guest or a snapshot refers to them", async () => {
    const made = await lab.create("Vm", "web", machine());
    const [file = ""] = files(lab);
    const guests = lab.sim.world.clusters["pve1"]?.guests ?? {};
    const own = guests[made.id] ?? assert.fail();
    guests["900"] = { ...structuredClone(own), vmid: 900, config: { name: "copy", ide2: own.config["ide2"] ?? "" } };
    const changed = await update(lab, made, machine({ cloudInit: { userData: "#cloud-config\n{}\n" } }));
    assert.equal(files(lab).length, 2);
    assert.ok(files(lab).includes(file));
    delete guests["900"];
    await lab.plugin.delete("Vm", made.id, changed.properties);
    assert.deepEqual(files(lab), []);
  });

  it("take the file that an interrupted run has left, and leave none", async () => {
    const made = await lab.create("Vm", "web", machine());
    const [file = ""] = files(lab);
    delete lab.sim.world.clusters["pve1"]?.guests[made.id];
    const again = await lab.create("Vm", "web", machine());
    assert.deepEqual(files(lab), [file]);
    config(lab, again.id)["ide2"] = "none,media=cdrom";
    await lab.plugin.delete("Vm", again.id, again.properties);
    assert.deepEqual(files(lab), [], "a file that the machine did not refer to was left");
  });

  it("are checked in preview", async () => {
    const problems = async (cloudInit: Properties) => (await lab.problems("Vm", machine({ cloudInit }))).join("\n");
    assert.match(await problems({ userData, user: "admin" }), /cloudInit.user: userData replaces all/);
    assert.match(await problems({ networkConfig: { version: 2 }, addresses: [] }), /addresses: networkConfig replaces/);
    assert.match(await problems({ userData: "packages: [htop]" }), /userData: .*begin with a line #cloud-config/);
    assert.ok(!(await problems({ userData: "packages: [secret-word]" })).includes("secret-word"));
    assert.match(await problems({ userData, via: "snippets" }), /cloudInit.via: "snippets" needs SSH/);
    assert.match(await problems({ userData, nameservers: ["1.1.1.1"] }), /nameservers: is Proxmox's own field/);
    assert.match(await problems({ userData, dataStorage: "local-lvm" }), /dataStorage: local-lvm .* these do: local/);
    assert.match(await problems({ user: "admin", via: "iso" }), /via: is about own data/);
    assert.match(await problems({ userData, via: "floppy" }), /write "snippets" or "iso"/);
    assert.equal(await problems({ userData }), "");
  });

  it("are not in what the simulated node was sent but as the file itself", async () => {
    const text = JSON.stringify(lab.sim.requests);
    assert.ok(!text.includes("correct-horse-battery"));
  });
});

describe("references to secrets in own cloud-init data", function () {
  let sim: Simulator;
  const plugins: Plugin[] = [];
  const first = secretValue("a password in user data");
  const rotated = secretValue("a rotated password in user data");

  before(async () => (sim = await startSimulator({ seed: labWorld() })));
  after(async () => {
    for (const plugin of plugins) await plugin.close();
    await sim.close();
  });
  /** One operation of the engine: a plugin of its own. */
  const operation = async (value: string): Promise<Plugin> => {
    const plugin = await startPlugin({ text: providerText, env: { ADMIN_PASSWORD: value } });
    plugins.push(plugin);
    await plugin.configure({ ...pluginConfig(sim), "proxmox:vmids": "2000-2999" });
    return plugin;
  };
  const users = [{ name: "admin", plain_text_passwd: { secretRef: "ADMIN_PASSWORD" } }];
  const inputs = machine({
    cloudInit: { userData: { users } },
    __urn: "urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:Vm::web",
    __stack: "0f0e0d0c",
    __hashKey: "a key that the stack keeps",
  });
  const images = () => {
    const volumes = sim.world.nodes["pve1"]?.volumes["/var/lib/vz"] ?? {};
    return Object.entries(volumes).map(([, volume]) => Buffer.from(volume.content ?? "", "base64").toString("latin1"));
  };

  const names = () => Object.keys(sim.world.nodes["pve1"]?.volumes["/var/lib/vz"] ?? {});
  const digitsOf = (image: string) =>
    createHash("sha256").update(Buffer.from(image, "latin1")).digest("hex").slice(0, 12);

  it("are revealed in the image alone, and a new value makes a new image", async () => {
    const plugin = await operation(first);
    const checked = await plugin.check("Vm", {}, inputs);
    assert.deepEqual(checked.failures, []);
    const made = await plugin.create("Vm", checked.inputs);
    assert.ok(images()[0]?.includes(`"plain_text_passwd": "${first}"`));
    assert.ok(!JSON.stringify([checked.inputs, made.properties]).includes(first), "the state has the value");
    assert.ok(!names().some((name) => name.includes(digitsOf(images()[0] ?? ""))), "the name tells what is in it");
    const seen = await plugin.read("Vm", made.id, made.properties);
    assert.equal((await plugin.diff("Vm", made.id, seen.properties, checked.inputs)).changes, "none");
    const [name] = names();

    const later = await operation(rotated);
    const again = await later.check("Vm", checked.inputs, inputs);
    const diff = await later.diff("Vm", made.id, made.properties, again.inputs);
    assert.deepEqual([diff.changes, diff.replaces], ["some", []]);
    const updated = await later.update("Vm", made.id, made.properties, again.inputs);
    assert.equal(images().length, 1);
    assert.ok(images()[0]?.includes(rotated));
    assert.notEqual(names()[0], name);
    await later.delete("Vm", made.id, updated.properties);
    assert.deepEqual(images(), []);
  });
});

describe("own cloud-init data by snippets", function () {
  let lab: Lab;
  before(
    async () =>
      (lab = await Lab.start({ seed: labWorld() }, (sim) => ({ "proxmox:vmids": "2000-2999", ...sshConfig(sim) }))),
  );
  after(() => lab.close());

  it("are written beside the cloud-init drive, change in place, and go with the machine", async () => {
    const made = await lab.create("Vm", "web", machine({ started: true }));
    const first = files(lab);
    assert.match(
      first.join(),
      /^snippets\/web-[0-9a-f]{8}-meta-data-\w{12}\.yaml,snippets\/web-\w{8}-user-data-\w{12}\.yaml$/,
    );
    assert.equal(config(lab, made.id)["cicustom"], `meta=local:${first[0]},user=local:${first[1]}`);
    assert.match(config(lab, made.id)["ide2"] ?? "", /cloudinit/);
    assert.equal(lab.sim.world.nodes["pve1"]?.volumes["/var/lib/vz"]?.[first[1] ?? ""]?.mode, 0o600);
    await unchanged(lab, made);

    const changed = await update(
      lab,
      made,
      machine({ started: true, cloudInit: { userData: { packages: ["htop"] } } }),
    );
    assert.equal(changed.properties["uuid"], made.properties["uuid"]);
    assert.equal(files(lab).length, 2);
    assert.notDeepEqual(files(lab), first);
    await unchanged(lab, changed);

    const byImage = await update(lab, changed, machine({ started: true, cloudInit: { userData, via: "iso" } }));
    assert.match(files(lab).join(), /^iso\/web-[^,]*\.iso$/);
    assert.equal(config(lab, made.id)["cicustom"], undefined);
    const back = await update(lab, byImage, machine({ started: true, cloudInit: { userData, via: "snippets" } }));
    assert.deepEqual(files(lab), first);
    assert.match(config(lab, made.id)["ide2"] ?? "", /cloudinit/);
    await lab.plugin.delete("Vm", made.id, back.properties);
    assert.deepEqual(files(lab), []);
  });

  it("leave the rest to Proxmox: vendor data beside its own fields, own network beside its user", async () => {
    const cloudInit = {
      user: "admin",
      addresses: [{ address: "dhcp" }],
      vendorData: { packages: ["qemu-guest-agent"] },
    };
    const made = await lab.create("Vm", "web", machine({ networks: [{ bridge: "vmbr0" }], cloudInit }));
    assert.match(config(lab, made.id)["cicustom"] ?? "", /^vendor=local:snippets\/web-\w{8}-vendor-data-\w{12}\.yaml$/);
    assert.equal(config(lab, made.id)["ciuser"], "admin");
    await unchanged(lab, made);
    await lab.plugin.delete("Vm", made.id, made.properties);
    assert.deepEqual(files(lab), []);
  });

  it("keep what somebody else refers to in cicustom", async () => {
    const made = await lab.create("Vm", "web", machine());
    config(lab, made.id)["cicustom"] += ",network=local:snippets/their-own.yaml";
    const changed = await update(lab, made, machine({ cloudInit: { userData: { a: 1 } } }));
    assert.match(config(lab, made.id)["cicustom"] ?? "", /network=local:snippets\/their-own\.yaml/);
    await lab.plugin.delete("Vm", made.id, changed.properties);
  });

  it("run again only where that is wanted", async () => {
    const args = (text: string) => machine({ cloudInit: { userData: `#cloud-config\n# ${text}\n`, rerun: false } });
    const instance = () => /pulumi-\w+/.exec(content(lab, files(lab)[0] ?? ""))?.[0];
    const made = await lab.create("Vm", "web", args("one"));
    const before = instance();
    const changed = await update(lab, made, args("two"));
    assert.ok(before);
    assert.equal(instance(), before);
    await lab.plugin.delete("Vm", made.id, changed.properties);
  });
});

describe("own cloud-init data of a machine that moves", function () {
  for (const via of ["iso", "snippets"])
    it(`by ${via}: they are on the new node, and not left on the old one`, async () => {
      const world = labWorld("matrix");
      const lab = await Lab.start({ seed: world }, (sim) => ({ "proxmox:vmids": "2000-2999", ...sshConfig(sim) }));
      try {
        const on = (node: string) =>
          Object.keys(world.nodes[node]?.volumes["/var/lib/vz"] ?? {}).filter((name) =>
            /^(?:iso|snippets)\/web-/.test(name),
          );
        const at = (node: string) => machine({ node, started: true, cloudInit: { userData, via } });
        const made = await lab.create("Vm", "web", at("foxtrot"));
        const own = on("foxtrot");
        assert.ok(own.length > 0);
        const moved = await update(lab, made, at("golf"));
        assert.equal(moved.properties["node"], "golf");
        assert.equal(moved.properties["uuid"], made.properties["uuid"]);
        assert.deepEqual([on("golf"), on("foxtrot")], [own, []]);
        await unchanged(lab, moved);
        await lab.plugin.delete("Vm", moved.id, moved.properties);
        assert.deepEqual(on("golf"), []);
      } finally {
        await lab.close();
      }
    });
});
