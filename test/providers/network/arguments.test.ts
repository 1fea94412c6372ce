import assert from "node:assert/strict";
import { contract } from "../../../contract";
import { kinds } from "../../../providers/network/interface-kinds";

/** What is no field of its own: what an interface is called, of and by, and what Proxmox makes of other parameters. */
const aside = [
  ...["iface", "type", "node"],
  // Parts of cidr and cidr6, which are fields.
  ...["address", "netmask", "address6", "netmask6"],
  // Proxmox puts it behind `comments` when it reads the file again, so it cannot be kept as one of its own.
  "comments6",
];

describe("arguments of networks' resources", () => {
  it("are all that Proxmox takes", () => {
    const { params } = contract()["POST /nodes/{node}/network"] ?? assert.fail();
    const keys = new Set(Object.values(kinds).flatMap(({ mapped }) => Object.values(mapped).map(({ key }) => key)));
    assert.deepEqual(
      [...keys].sort(),
      Object.keys(params)
        .filter((name) => !aside.includes(name))
        .sort(),
    );
  });
});
