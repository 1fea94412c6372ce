import assert from "node:assert/strict";
import { VmLab } from "../qemu/vm-lab";

describe("resource mappings", () => {
  let lab: VmLab;
  beforeEach(() => {
    lab = new VmLab();
    lab.node.hardware.usb = [{ busnum: 1, usbpath: "2", vendid: "1234", prodid: "5678" }];
    lab.node.hardware.pci = [
      { id: "0000:01:00.0", vendor: "0x10de", device: "0x1eb8", iommugroup: 7 },
      {
        ...{ id: "0000:02:00.0", vendor: "0x8086", device: "0x1521", iommugroup: 8 },
        ...{ subsystem_vendor: "0x8086", subsystem_device: "0x0001" },
      },
    ];
  });

  const ask = (method: string, path: string, params = {}) => lab.ask(method, `/cluster/mapping${path}`, params);
  async function ok(method: string, path: string, params = {}): Promise<unknown> {
    const { status, reason, body } = await ask(method, path, params);
    assert.equal(status, 200, `${reason} ${JSON.stringify(body)}`);
    return body?.["data"];
  }
  const refusal = async (method: string, path: string, params = {}) => (await ask(method, path, params)).reason;
  const findings = async (kind: string) =>
    (
      (await ok("GET", `/${kind}`, { "check-node": "pve" })) as { id: string; checks?: unknown; errors?: unknown }[]
    ).map(({ id, checks, errors }) => [id, checks ?? errors]);

  it("are made once, changed as a whole section, and deleted as often as one likes", async () => {
    const map = "node=pve,path=0000:01:00.0,id=10de:1eb8,iommugroup=7";
    await ok("POST", "/pci", { id: "gpu", map: [map], mdev: 1, description: "T4" });
    assert.equal(
      await refusal("POST", "/pci", { id: "gpu", map: [map] }),
      "create hardware mapping failed: pci ID 'gpu' already defined",
    );
    const { digest, ...shown } = (await ok("GET", "/pci/gpu")) as Record<string, unknown>;
    assert.deepEqual(shown, { map: [map], mdev: 1, description: "T4", type: "pci" });
    assert.equal(
      await refusal("PUT", "/pci/gpu", { map: [map], digest: "0".repeat(40) }),
      "update hardware mapping failed: detected modified configuration - file changed by other user? Try again.",
    );
    await ok("PUT", "/pci/gpu", { map: [map], delete: "mdev,description", digest: String(digest) });
    assert.deepEqual(Object.keys((await ok("GET", "/pci/gpu")) as object).sort(), ["digest", "map", "type"]);
    assert.equal(
      await refusal("PUT", "/pci/gpu", { map: [map], delete: "map" }),
      "update hardware mapping failed: unable to delete required option 'map'",
    );
    assert.equal(
      await refusal("PUT", "/pci/nosuch", { map: [map] }),
      "update hardware mapping failed: pci ID 'nosuch' does not exist",
    );
    await ok("DELETE", "/pci/gpu");
    await ok("DELETE", "/pci/gpu");
    assert.deepEqual(await ok("GET", "/pci"), []);
  });

  it("of directories must be there on the node that is asked, once per node", async () => {
    await ok("POST", "/dir", { id: "dd", map: ["node=pve,path=/srv/second", "node=other,path=/nosuch"] });
    assert.equal(
      await refusal("POST", "/dir", { id: "ee", map: ["node=pve,path=/nosuch"] }),
      "Path /nosuch does not exist",
    );
    assert.equal(
      await refusal("POST", "/dir", { id: "ee", map: ["node=x,path=/a", "node=x,path=/b"] }),
      "Node 'x' is specified 2 times.",
    );
  });

  it("tell what is wrong with them on a node", async () => {
    await ok("POST", "/usb", { id: "good", map: ["node=pve,id=1234:5678,path=1-2"] });
    await ok("POST", "/usb", { id: "bad", map: ["node=pve,id=1234:0000,path=1-2"] });
    await ok("POST", "/usb", { id: "far", map: ["node=other,id=1234:5678"] });
    assert.deepEqual(await findings("usb"), [
      ["good", []],
      [
        "bad",
        [
          {
            severity: "error",
            message: "Invalid configuration: 'id' does not match for 'bad' (1234:5678 != 1234:0000)\n",
          },
        ],
      ],
      ["far", [{ severity: "warning", message: "No mapping for node pve." }]],
    ]);
    await ok("POST", "/pci", { id: "plain", map: ["node=pve,path=0000:02:00.0,id=8086:1521,iommugroup=8"] });
    await ok("POST", "/pci", { id: "mdev", map: ["node=pve,path=0000:01:00,id=10de:1eb8,iommugroup=7"], mdev: 1 });
    assert.deepEqual(
      (await findings("pci")).map(([, checks]) => (checks as { message: string }[])[0]?.message),
      [
        "Invalid configuration: missing expected property 'subsystem-id' for device '0000:02:00.0'\n",
        "Invalid configuration: 'mdev' does not match for 'mdev' (0 != 1)\n",
      ],
    );
    assert.equal(await refusal("GET", "/usb", { "check-node": "nosuch" }), "Wrong node to check");
  });

  it("are seen, and given to VMs, by those who may use them only", async () => {
    await ok("POST", "/usb", { id: "mine", map: ["node=pve,id=1234:5678"] });
    await ok("POST", "/usb", { id: "other", map: ["node=pve,id=1234:5678"] });
    const { access } = lab.cluster;
    access.users["u@pve"] = { enable: 1, expire: 0, tokens: {} };
    const acl = (path: string, roleid: string) => ({
      path,
      roleid,
      type: "user" as const,
      ugid: "u@pve",
      propagate: 1 as const,
    });
    access.acl.push(acl("/vms", "PVEVMAdmin"), acl("/mapping/usb/mine", "PVEMappingUser"));
    lab.user = "u@pve";
    assert.deepEqual(
      ((await ok("GET", "/usb")) as { id: string }[]).map(({ id }) => id),
      ["mine"],
    );
    assert.match(
      await refusal("POST", "/usb", { id: "xx", map: ["node=pve,id=1234:5678"] }),
      /\/mapping\/usb, Mapping.Modify/,
    );
    await lab.create(100, { usb0: "mapping=mine" });
    assert.match(
      await lab.refusal("POST", "", { vmid: 101, usb0: "mapping=other" }),
      /\/mapping\/usb\/other, Mapping.Use/,
    );
    assert.match(await lab.refusal("PUT", "/100/config", { hostpci0: "01:00.0" }), /non-mapped devices/);
    assert.match(await lab.refusal("PUT", "/100/config", { virtiofs0: "d1" }), /\/mapping\/dir\/d1, Mapping.Use/);
  });
});
