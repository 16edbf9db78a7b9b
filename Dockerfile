# One image for every part (docker-compose.yml says which part a container is). It is built by the steps that
# `npm start` takes on a bare machine, so what is tried there holds here: bootstrap.mjs installs and compiles,
# `part fetch` brings Asterisk from Debian with its own libraries.
FROM node:20-bookworm-slim

# ffmpeg turns uploaded sounds into Asterisk's formats; openssl makes a certificate for browser phones.
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg openssl && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --home-dir /opt/dozvon --shell /usr/sbin/nologin dozvon \
 && install -d -o dozvon -g dozvon -m 0700 /var/lib/dozvon
USER dozvon
WORKDIR /opt/dozvon
ENV NODE_ENV=production DOZVON_DATA_DIR=/var/lib/dozvon DOZVON_RUNTIME_DIR=/opt/dozvon/.runtime

# The archives that Asterisk came in are not kept.
COPY --chown=dozvon:dozvon . .
RUN node apps/bin/bootstrap.mjs --make lean \
 && node apps/bin/bootstrap.mjs part fetch \
 && rm -rf .runtime/debian

VOLUME /var/lib/dozvon
ENTRYPOINT ["node", "apps/bin/bootstrap.mjs", "part"]
