/**
 * SIPp scenarios for load: many calls in one process, each step of interest logged with SIPp's own clock.
 */
const SDP = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 0
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
`;

/** What each of our requests begins with, and each answer of a phone. */
const VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]";
const REPLY =
  "[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]p[call_number]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:[local_ip]:[local_port]>";

/** The other side hangs up. */
const HUNG_UP = `<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
`;

/** Customers: [field0] calls [field1], talks, hangs up. */
export function callScenario(talkMs: number): string {
  return customersScenario(`<pause milliseconds="${talkMs}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
${VIA}
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
<nop><action><log message="[timestamp] left [field0]"/></action></nop>
`);
}

/** Customers who wait until somebody has talked with them: [field0] calls [field1] and is left by the agent. */
export function waitScenario(): string {
  return customersScenario(HUNG_UP);
}

function customersScenario(ending: string): string {
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="load">
<nop><action><log message="[timestamp] calls [field0]"/></action></nop>
<send retrans="500"><![CDATA[
INVITE sip:[field1]@[remote_ip]:[remote_port] SIP/2.0
${VIA}
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:[field1]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
${SDP}
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
${VIA}
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
${ending}</scenario>
`;
}

/** All agents' phones at one port: they note who calls, ring, answer at once, and wait for the hang-up. */
export function answerScenario(): string {
  const invited = `<recv request="INVITE"><action>
  <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
  <log message="[timestamp] rings [$caller]"/>
</action></recv>
<send><![CDATA[
SIP/2.0 180 Ringing
${REPLY}
Content-Length: 0

]]></send>
`;
  return phonesScenario(invited, `${HUNG_UP}<Reference variables="caller"/>\n`);
}

/** All agents' phones at one port: answers at once, hangs up after a while, notes by account when it is free. */
export function talkScenario(talkMs: number): string {
  const invited = `<recv request="INVITE" rrs="true"><action>
  <ereg regexp="agent-[0-9]+" search_in="msg" check_it="true" assign_to="account"/>
  <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
  <ereg regexp=".*" search_in="hdr" header="To:" assign_to="called"/>
  <log message="[timestamp] rings [$account]"/>
</action></recv>
`;
  const hangsUp = `<pause milliseconds="${talkMs}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
${VIA}
From:[$called];tag=[pid]p[call_number]
To:[$caller]
Call-ID: [call_id]
CSeq: 1 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
<nop><action><log message="[timestamp] freed [$account]"/></action></nop>
`;
  return phonesScenario(invited, hangsUp);
}

function phonesScenario(invited: string, ending: string): string {
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="phones">
${invited}<send retrans="500"><![CDATA[
SIP/2.0 200 OK
${REPLY}
${SDP}
]]></send>
<recv request="ACK"/>
${ending}</scenario>
`;
}

/** Registers [field0] with [field1] at this address and port. */
export function registerAllScenario(): string {
  const head = `REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
${VIA}
From: <sip:[field0]@[remote_ip]:[remote_port]>;tag=[pid]r[call_number]
To: <sip:[field0]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70
Expires: 3600`;
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="register">
<send retrans="500"><![CDATA[
${head}
CSeq: 1 REGISTER
Content-Length: 0

]]></send>
<recv response="401" auth="true"/>
<send retrans="500"><![CDATA[
${head}
CSeq: 2 REGISTER
[field1]
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
`;
}
