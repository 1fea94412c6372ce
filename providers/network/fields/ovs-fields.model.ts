import { z } from "zod";
import { number, word } from "../../kernel/fields/codec";
import { optional, required } from "../../kernel/fields/field";

export const ovsBridgeName = () =>
  required("The Open vSwitch bridge that it is a port of.", z.string().min(1), word("ovs_bridge", "replace"));

export const ovsTag = () =>
  optional(
    "VLAN of its untagged frames.",
    z.int("write a whole number from 1 to 4094").min(1, "write at least 1").max(4094, "write at most 4094"),
    number("ovs_tag", "reload"),
  );

const words = (text: string | undefined): string =>
  (text ?? "")
    .split(/\s+/)
    .filter((word) => word !== "")
    .sort()
    .join(" ");

export const ovsOptions = () =>
  optional(
    "Further options of Open vSwitch, as `ovs-vsctl` takes them: `key=value`, with blanks between them.",
    z
      .string()
      .max(1024, "write at most 1024 characters")
      .regex(/^[^\p{Cc}]*$/u, "write one line")
      .refine(
        (text) => !/(?:^|\s)(?:tag|bond_mode|lacp)=/.test(text),
        "tag, bond_mode and lacp have arguments of their own: vlanTag and mode",
      ),
    { ...word("ovs_options", "reload"), same: (wanted: string, live?: string) => words(wanted) === words(live) },
  );
