// What the official builder lets a plugin change of its own configuration.

const { createHash } = require('crypto');

/** The file with the code that only supervisors need. */
const TEAM = 'team.js';

/** The place of that file's SHA-256 in the bundle's sources: as long as a SHA-256 in base64, so that nothing moves. */
const SEAL = '__THE_SHA_256_OF_THE_CODE_FOR_SUPERVISORS__=';

/** Writes the SHA-256 of the supervisors' code into the bundle. The browser refuses any other code. */
class Seal {
  apply(compiler) {
    compiler.hooks.emit.tap('Seal', ({ assets }) => {
      const team = assets[TEAM];
      const sha256 = createHash('sha256').update(team.source()).digest('base64');
      const bundles = Object.keys(assets).filter(
        (file) => file.endsWith('.js') && assets[file].source().includes(SEAL),
      );
      if (bundles.length !== 1) throw new Error(`expected the seal in one file, and not in ${bundles.length}`);
      const [bundle] = bundles;
      const sealed = assets[bundle].source().replace(SEAL, sha256);
      assets[bundle] = { source: () => sealed, size: () => sealed.length };
    });
  }
}

module.exports = (config) => {
  // Minifies for the browsers that Flex runs in. The builder would keep the names of all functions, and write syntax of 2009.
  for (const minimizer of config.optimization.minimizer) {
    minimizer.options.terserOptions = {
      compress: { ecma: 2018, passes: 3 },
      // Escaped, what is not ASCII does not depend on how the file is served, and zips better.
      output: { ascii_only: true, comments: false, ecma: 2018 },
    };
  }
  config.output.chunkFilename = TEAM;
  // Flex's page is shared with other plugins, each of which may have such a list of its own.
  config.output.jsonpFunction = 'parkInteractionParts';
  config.plugins.push(new Seal());
  return config;
};
