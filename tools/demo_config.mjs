// demo_config.mjs DIR WEB_PORT - packd's settings for the desk: training mode against the packsim whose
// ports stand in DIR/sim/ready.json.
import { readFileSync } from "node:fs";

const [dir, webPort] = process.argv.slice(2);
const sim = JSON.parse(readFileSync(`${dir}/sim/ready.json`, "utf8"));

process.stdout.write(`# written by tools/demo
[station]
id = bay-1
mode = training
language = en
automatic = yes
data_dir = ${dir}/data
[web]
port = ${webPort}
[control]
socket = ${dir}/control.sock
[scale "bench"]
address = tcp:127.0.0.1:${sim.scale}
driver = toledo-continuous
[scanner "hand"]
address = tcp:127.0.0.1:${sim.scanner}
driver = line
[printer "label"]
address = tcp:127.0.0.1:${sim.printer}
driver = zpl
[carrier "sandbox"]
base_url = https://localhost:${sim.courier}/sandbox/v1
credential_file = ${dir}/sim/courier-token
ca_file = ${sim.ca}
pickup_location = BLR-WH-1
pickup_postcode = 560001
[oms]
kind = custom
base_url = https://localhost:${sim.oms}/packd/v1
token_file = ${dir}/sim/token
ca_file = ${sim.ca}
`);
