/** What a browser needs to be an agent's phone. */
import { Type } from "typebox";

export const BrowserPhone = Type.Object({
  websocketUrl: Type.String({
    description: "SIP over secure WebSocket (RFC 7118).",
    examples: ["wss://pbx.example.com:8443/ws"],
  }),
  sipUri: Type.String({ examples: ["sip:agent-101-x7k2@pbx.example.com"] }),
  displayName: Type.String(),
  authorizationUser: Type.String(),
  realm: Type.String(),
  ha1: Type.String({
    description:
      "MD5(user:realm:password), which JsSIP takes as `ha1` and SIP.js as `authorizationHa1`. As secret as the password, of which nothing else is kept.",
  }),
  iceServers: Type.Array(Type.Object({ urls: Type.Array(Type.String()) }), {
    description: "For RTCPeerConnection; empty: none.",
  }),
  codecs: Type.Array(Type.Enum(["opus", "G722", "PCMA", "PCMU"]), {
    description: "What Asterisk takes, the preferred first, as SDP calls them.",
  }),
});
