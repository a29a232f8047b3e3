// What the official builder lets a plugin change of its own configuration.

/** Minifies for the browsers that Flex runs in. The builder would keep the names of all functions, and write syntax of 2009. */
module.exports = (config) => {
  for (const minimizer of config.optimization.minimizer) {
    minimizer.options.terserOptions = {
      compress: { ecma: 2018, passes: 3 },
      // Escaped, what is not ASCII does not depend on how the file is served, and zips better.
      output: { ascii_only: true, comments: false, ecma: 2018 },
    };
  }
  return config;
};
