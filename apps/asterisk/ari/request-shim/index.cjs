// The package request has been abandoned with open advisories. ari-client calls it once, as
// request(url, callback), to learn whether the host can be reached; that is all this file does.
module.exports = function request(url, callback) {
  fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
    async (response) => callback(null, { statusCode: response.status }, await response.text()),
    (error) => callback(error.cause ?? error),
  );
};
