import { z } from "zod";
import type { Model } from "../kernel/resource-kind";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import { flag, mappedIn, number, word } from "../kernel/fields/codec";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sameIn } from "../kernel/fields/mapping";
import { comment } from "./comment.model";

const tries = z.int().min(0, "write 0 or more");

const shape = {
  vmid: required("The VM, by its VMID.", z.int().min(100, "a VMID is 100 or more").max(999999999, "write a VMID"), {
    effect: "replace",
    key: "sid",
  }),
  state: optional(
    "What HA does with it: `started` has it run, and starts it again, on another node if need be; `stopped` keeps it stopped, " +
      "and takes it to another node when its own fails; `disabled` stops it and leaves it where it is, which also ends HA's " +
      "error state; `ignored` leaves it alone. `started` starts a VM that is stopped.",
    z.enum(["started", "stopped", "disabled", "ignored"]),
    { ...word("state", "live"), default: "as the VM is when the resource is made, and yours afterwards" },
  ),
  maxRestart: optional(
    "How often a start that failed is tried again on the same node.",
    tries,
    number("max_restart", "live", 1),
  ),
  maxRelocate: optional(
    "How many other nodes are tried when it does not start.",
    tries,
    number("max_relocate", "live", 1),
  ),
  failback: optional(
    "Move it back when a node of a higher priority, by its node affinity, comes online.",
    z.boolean(),
    flag("failback", "live", true),
  ),
  comment,
};

const haResourceSchema = fields({
  ...shape,
  allowStop: optional("Let a change of `state` stop a VM that runs.", z.boolean(), { effect: "live", unset: false }),
  allowMoves: optional(
    "Let a change, or the deletion, make HA move VMs that run, as rules then ask for it.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  adopt: optional(
    "Take over the VM's HA resource that is there. Only read when the resource is created.",
    z.boolean(),
    { effect: "none", unset: false },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "live" }),
});

export type HaResourceInputs = z.infer<typeof haResourceSchema>;

/** Those that are one key of Proxmox's each; its state is the manager's to change too. */
export const resourceFields = mappedIn(shape);

export const haResourceModel: Model = {
  schema: haResourceSchema,
  effects: effectsOf(haResourceSchema),
  sensitive: [],
  same: sameIn(haResourceSchema),
};
