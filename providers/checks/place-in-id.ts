/** The parts of an id `node/what`; throws where it has another form. */
export function placeInId(id: string, example: string): { readonly node: string; readonly what: string } {
  const [, node, what] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
  if (node === undefined || what === undefined)
    throw new Error(`there is nothing by the id ${id}; write it as ${example}`);
  return { node, what };
}
