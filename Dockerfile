# The contact centre of `npm start` as an image, for a machine without Rust and Node. docs/try.md says how to run it.

FROM node:20-bookworm-slim AS node

# Everything that is built: `1` is Rust's stable channel, as in rust-toolchain.toml.
FROM rust:1-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && npm install --global npm@11
WORKDIR /park-interaction
COPY . .
# The image's own Rust: by rust-toolchain.toml, rustup would load the same once more.
RUN RUSTUP_TOOLCHAIN="$(cd / && rustup show active-toolchain | cut -d ' ' -f 1)" node container/build.mjs /image

# What runs: Node, the simulator, the Functions, the pages. openssl makes the simulator's certificate in each container.
FROM node:20-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*
COPY --from=build --chown=node:node /image /park-interaction
WORKDIR /park-interaction
USER node
# The servers listen on 127.0.0.1 only, so the container needs the host's network: `docker run --network host`.
ENTRYPOINT ["node", "scripts/start.mjs", "--no-build", "--no-open"]
