/** A rule of HA, as it is or as it is to be. */
export interface AffinityRule {
  readonly name: string;
  readonly type: "node-affinity" | "resource-affinity";
  readonly resources: readonly string[];
  /** Priorities by node. */
  readonly nodes: ReadonlyMap<string, number>;
  readonly strict: boolean;
  readonly affinity: "positive" | "negative" | undefined;
  readonly disable: boolean;
}

/** What HA is to do with a guest. */
export type WantedState = "started" | "stopped" | "disabled" | "ignored";

/** A guest under HA. */
export interface Service {
  /** `vm:100`. */
  readonly sid: string;
  readonly state: WantedState;
  readonly node: string | undefined;
  readonly running: boolean;
  readonly failback: boolean;
  /** HA has given it up until it is disabled. */
  readonly failed: boolean;
}

/** All that decides where HA has guests run. */
export interface Situation {
  readonly services: readonly Service[];
  readonly rules: readonly AffinityRule[];
  readonly members: readonly string[];
  readonly online: readonly string[];
}

/** The same with another rule in the place of those of these names. */
export const withRule = (
  situation: Situation,
  rule: AffinityRule | undefined,
  ...names: readonly string[]
): Situation => ({
  ...situation,
  rules: [
    ...situation.rules.filter(({ name }) => name !== rule?.name && !names.includes(name)),
    ...(rule ? [rule] : []),
  ],
});

/** The same with a guest otherwise under HA, or no longer. */
export const withService = (situation: Situation, sid: string, service: Service | undefined): Situation => ({
  ...situation,
  services: [...situation.services.filter((one) => one.sid !== sid), ...(service ? [service] : [])],
});

/** The same without a guest, in HA and in its rules: one that names nothing else goes (`purge`). */
export const purged = (situation: Situation, sid: string): Situation => ({
  ...withService(situation, sid, undefined),
  rules: situation.rules
    .map((rule) => ({ ...rule, resources: rule.resources.filter((one) => one !== sid) }))
    .filter(({ resources }) => resources.length > 0),
});
