/** What must differ between a recording and the model is replaced on both sides. */

const keys =
  /^(?:epoch|modified|created|create_time|last_change|last_.*_change|.*_since|.*_stamp|stamp|timestamp|quorum_age|election_epoch|uuid|fsid|osd_fsid|nonce|addr|addrs|.*_addr|.*_addrs|addrvec|kb_.*|utilization|var|dev|average_utilization|min_var|max_var|total_kb_.*|bytes_.*|.*_bytes|num_bytes|total_used.*|stored.*|.*_used|percent_used|max_avail|avail_raw|quota_.*|rd|wr|seq|up_from|up_thru|down_at|laggy_.*|read_balance|features|version|flags_num|crush_version|time_added|btime|gid|start_epoch|hb_peers|statfs|created_at|compression_algorithms|cpu|distro.*|devices|device_.*|kernel_.*|mem_.*|bluestore_.*|rotational|journal_rotational|default_device_class|objectstore_numa_.*|network_numa_.*|servicemap|progress_events|active_.*|available_modules|standbys|last_failure_osd_epoch|current_num_.*|num_objects|actual_.*|capacity_ratio|logical_used|raw_used|pg_num_ideal|.*_per_sec|.*_bytes_sec|.*_ratio|.*_per_second|key|removed_snaps_queue|.*_total|.*_objects|reported_.*|pool_max|pg_upmap_items|osd_xinfo|disabled_modules|hash|latency|skew|pg_temp|erasure_code_profiles|last_purged.*|dirty|blocklist|removed_ranks)$/;

export function masked(value: unknown, key = ""): unknown {
  if (keys.test(key)) return "<masked>";
  if (typeof value === "string") return maskedText(value);
  if (Array.isArray(value)) return value.map((item) => masked(item));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, sub]) => [name, masked(sub, name)]));
  return value;
}

const patterns: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.:]\d+(?:\+0000|Z)/g, "<time>"],
  [/<key256>|Ag[\w+/]{57}=/g, "<key>"],
  [/\b\d+(?:\.\d+)? [KMGTP]?i?B\b/g, "<size>"],
  [/\b\d+(?:\.\d+)?k? objects/g, "<count> objects"],
  [/\d+\/\d+ objects (degraded|misplaced) \([\d.]+%\)/g, "<part> objects $1"],
  [/\((?:age|since|active, since) [^)]*\)/g, "(<age>)"],
  [/for \d+[smh], current/g, "for <span>, current"],
  [/\b(?:last_change|epoch|e)(?: |:e)?\d+/g, "<epoch>"],
  [/"epoch": \d+/g, '"epoch": <epoch>'],
  [/read_balance_score [\d.]+/g, "<score>"],
  [/gids [\d,]*/g, "gids <gids>"],
  [/\(\d+ total PG replicas/g, "(<n> total PG replicas"],
  [/in \d+ cumulative PGs/g, "in <n> cumulative PGs"],
];

export const maskedText = (text: string): string =>
  patterns.reduce((done, [pattern, by]) => done.replace(pattern, by), text).replace(/\n$/, "");
