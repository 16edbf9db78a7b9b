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

/** Customers: [field0] calls [field1], talks, hangs up. */
export function callScenario(talkMs: number): string {
  const dialog =
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n[last_From:]\n[last_To:]\nCall-ID: [call_id]";
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="load">
<nop><action><log message="[timestamp] calls [field0]"/></action></nop>
<send retrans="500"><![CDATA[
INVITE sip:[field1]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
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
${dialog}
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<pause milliseconds="${talkMs}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
${dialog}
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
<nop><action><log message="[timestamp] left [field0]"/></action></nop>
</scenario>
`;
}

/** All agents' phones at one port: answers at once, waits for the hang-up. */
export function answerScenario(): string {
  const reply =
    "[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]p[call_number]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:[local_ip]:[local_port]>";
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="phones">
<recv request="INVITE"><action>
  <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
  <log message="[timestamp] rings [$caller]"/>
</action></recv>
<send><![CDATA[
SIP/2.0 180 Ringing
${reply}
Content-Length: 0

]]></send>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
${reply}
${SDP}
]]></send>
<recv request="ACK"/>
<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<Reference variables="caller"/>
</scenario>
`;
}

/** Customers who wait until somebody has talked with them: [field0] calls [field1] and is left by the agent. */
export function waitScenario(): string {
  const call = callScenario(0);
  const bye = call.indexOf("<pause");
  return `${call.slice(0, bye)}<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
`;
}

/** All agents' phones at one port: answers at once, hangs up after a while, notes by account when it is free. */
export function talkScenario(talkMs: number): string {
  const reply =
    "[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]p[call_number]\n[last_Call-ID:]\n[last_CSeq:]\nContact: <sip:[local_ip]:[local_port]>";
  return `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="phones">
<recv request="INVITE" rrs="true"><action>
  <ereg regexp="agent-[0-9]+" search_in="msg" check_it="true" assign_to="account"/>
  <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
  <ereg regexp=".*" search_in="hdr" header="To:" assign_to="called"/>
  <log message="[timestamp] rings [$account]"/>
</action></recv>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
${reply}
${SDP}
]]></send>
<recv request="ACK"/>
<pause milliseconds="${talkMs}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From:[$called];tag=[pid]p[call_number]
To:[$caller]
Call-ID: [call_id]
CSeq: 1 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
<nop><action><log message="[timestamp] freed [$account]"/></action></nop>
</scenario>
`;
}

/** Registers [field0] with [field1] at this address and port. */
export function registerAllScenario(): string {
  const head = `REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
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
