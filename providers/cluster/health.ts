import type { Problem } from "../kernel/state/problems";
import type { Candidate } from "./candidate";
import { votesOf, type ClusterView, type Member } from "./cluster-view";

type Facts = ReadonlyMap<string, Candidate>;

const isHalf = ({ fingerprint }: Member): boolean => fingerprint === undefined;

/**
 * What became of a node that corosync's list has and that has no certificate. Only one that was asked, and says itself
 * that it is alone and that no join runs, was broken off for certain. `named`: the nodes of the program, which are asked.
 */
function fateOf(
  { name, online }: Member,
  facts: Facts,
  named: readonly string[],
): "broken off" | "under way" | "unknown" {
  const fact = facts.get(name);
  if (!named.includes(name)) return "unknown";
  // While it changes sides nobody is let in there.
  if (!fact || online || fact.standing.cluster !== undefined || fact.joining === true) return "under way";
  return "broken off";
}

/** Nodes whose join has taken the quorum for as long as it lasts: it comes back by itself. */
export function awaited(view: ClusterView, facts: Facts, named: readonly string[]): string[] {
  const isWhole = view.members.every((member) => isHalf(member) || member.online);
  if (view.name === undefined || view.quorate || !isWhole) return [];
  return view.members
    .filter((member) => isHalf(member) && fateOf(member, facts, named) === "under way")
    .map(({ name }) => name);
}

/** What is wrong with a cluster that a node is to join; a join that is under way is not. */
export function healthProblems(view: ClusterView, facts: Facts = new Map(), named: readonly string[] = []): Problem[] {
  const { local, name, quorate, members } = view;
  if (name === undefined) return [];
  const away = members.filter((member) => !member.online && !isHalf(member));
  if (quorate)
    return away.map((member) => ({
      path: "",
      message: `${member.name} is offline: bring it back before others join, or remove it (pvecm delnode)`,
    }));
  if (awaited(view, facts, named).length > 0) return [];
  const half = members.filter(isHalf);
  const whole = votesOf(members.filter((member) => !isHalf(member)));
  // With any other member away, fewer expected votes could make a second cluster beside the one that it is in.
  const isOurs = half.length > 0 && away.length === 0 && whole * 2 <= votesOf(members);
  if (isOurs && half.every((member) => fateOf(member, facts, named) === "broken off"))
    return [
      {
        path: "",
        message: `${half.map((member) => member.name).join(", ")} was added to ${name} and never came, and so there is no quorum: on ${local} run pvecm expected ${whole}, then this again`,
      },
    ];
  const missing = away.length === 0 ? "" : ` (${away.map((member) => member.name).join(", ")} offline)`;
  return [
    {
      path: "",
      message: `cluster ${name} has no quorum: bring nodes back before others join${missing}. Nothing was changed`,
    },
  ];
}
