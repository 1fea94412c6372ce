import Module from "node:module";

/**
 * zod loads its messages in sixty languages, of which this library shows none: English, its default, is loaded by itself.
 * That is half of its start. In a plugin they are loaded when somebody asks for `z.locales`, and are the same then.
 * To be loaded before zod.
 */
const file = require.resolve("zod/v4/locales");

if (require.cache[file] === undefined) {
  let loaded: object | undefined;
  const real = (): object => {
    if (loaded === undefined) {
      Reflect.deleteProperty(require.cache, file);
      loaded = require(file) as object;
    }
    return loaded;
  };
  const lazy = new Module(file);
  lazy.filename = file;
  lazy.loaded = true;
  lazy.exports = new Proxy(
    {},
    {
      // What a loading module asks first: so it takes this as it is.
      get: (_, key) => (key === "__esModule" ? true : (Reflect.get(real(), key) as unknown)),
      has: (_, key) => Reflect.has(real(), key),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor(_, key) {
        const found = Reflect.getOwnPropertyDescriptor(real(), key);
        // Proxies must not claim more of a property than their own target has.
        return (
          found && {
            value: Reflect.get(real(), key) as unknown,
            enumerable: found.enumerable ?? false,
            configurable: true,
          }
        );
      },
    },
  );
  require.cache[file] = lazy;
}
