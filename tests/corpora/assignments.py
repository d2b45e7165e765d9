"""Names and values as people write them in fifteen languages and a dozen formats, and what only looks like it.

One line one text; `\\n` stands for a line end, `{v}` for the value. Own templates: nothing of any scanner's corpus is in them.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator

from tests.corpora.sample import Sample

_PASSWORDS = r"""
password = "{v}"
password: '{v}'
DB_PASSWORD={v}
db.password={v}
"password": "{v}",
<password>{v}</password>
spring.datasource.password={v}
String password = "{v}";
const char *passwd = "{v}";
$password = '{v}';
$db_pass = "{v}";
define("DB_PASSWORD", "{v}");
'password' => '{v}',
:password => "{v}"
password: {v}
pass: "{v}"
PASSWORD: {v}
pwd="{v}"
Password={v};Database=x
conn.setPassword("{v}");
"DefaultConnection": "Server=x;User Id=sa;Password={v};"
ENV MYSQL_ROOT_PASSWORD={v}
ENV DB_PASSWORD {v}
mysql -u root -p{v} db
--password={v}
--password {v}
curl -u admin:{v} https://x
jdbc:mysql://h/db?user=root&password={v}
mongodb://root:{v}@h:27017
PGPASSWORD={v} psql
export ADMIN_PASSWORD="{v}"
val password: String = "{v}"
let password = "{v}"
password := "{v}"
private static final String PASSWORD = "{v}";
public string Password { get; set; } = "{v}";
login(username="bob", password="{v}")
auth=("bob", "{v}")
variable "db_password" { default = "{v}" }
- name: POSTGRES_PASSWORD\n  value: {v}
- name: POSTGRES_PASSWORD\n  value: "{v}"
{"name": "DB_PASSWORD", "value": "{v}"}
<property name="password" value="{v}"/>
<add key="AdminPassword" value="{v}" />
IDENTIFIED BY '{v}'
ALTER USER x WITH PASSWORD '{v}';
user_password: "{v}"
rootpw {v}
requirepass {v}
machine h login x password {v}
The password is {v}.
my password: {v}
pw: {v}
passphrase "{v}"
SetEnv DB_PASS {v}
@Value("${db.password:{v}}")
os.environ.get("DB_PASSWORD", "{v}")
os.environ["DB_PASSWORD"] = "{v}"
process.env.DB_PASSWORD || "{v}"
if password == "{v}":
net use x {v} /user:admin
ansible_ssh_pass={v}
ansible_password: {v}
smtp_pass = {v}
"pass": "{v}"
NEW_PASSWORD = u"{v}"
password=b"{v}"
#define WIFI_PASSWORD "{v}"
const char* ssid_pass = "{v}";
"""

_TOKENS = r"""
api_key = "{v}"
apiKey: "{v}"
API_KEY={v}
"api_key": "{v}"
"token": "{v}"
token: {v}
const TOKEN = "{v}";
secret = "{v}"
client_secret={v}
"clientSecret": "{v}"
SECRET_KEY = '{v}'
access_token={v}
auth_token: "{v}"
Authorization: Bearer {v}
"Authorization": "Bearer {v}"
X-Api-Key: {v}
x-auth-token: {v}
-H "X-Token: {v}"
?api_key={v}
&token={v}&x=1
secretKey = "{v}"
private_key: "{v}"
AWS_SECRET_ACCESS_KEY={v}
encryption_key = "{v}"
salt = "{v}"
"salt": "{v}"
nonce: "{v}"
key = "{v}"
"key": "{v}"
<token>{v}</token>
<apiKey>{v}</apiKey>
app.secret={v}
token='{v}'
.setToken("{v}")
withApiKey("{v}")
new Client("{v}")  # api key
headers = {"apikey": "{v}"}
signature: {v}
session_id={v}
Cookie: session={v}
csrf_token = "{v}"
refreshToken: "{v}",
hmac_key="{v}"
webhook_secret: {v}
jwt_secret = "{v}"
_authToken={v}
//registry.npmjs.org/:_authToken={v}
license_key = "{v}"
AccountKey={v}
consumer_key = "{v}"
my token is {v}
use API key {v} for it
TOKEN="{v}" ./run
api-key: {v}
credentials: {v}
auth: "{v}"
"auth": "{v}"
githubToken = "{v}"
slack_token: {v}
seed = "{v}"
SECRET: '{v}'
data:\n  token: {v}
"sig": "{v}"
iv = "{v}"
secret_key_base: {v}
config.secret_token = '{v}'
password_salt = "{v}"
set_secret("{v}")
token => "{v}"
accessKeySecret: {v}
"accessToken":"{v}"
client.auth("{v}")
"""

_HARMLESS = r"""
password = "{ password }"
password = "${DB_PASSWORD}"
password = ""
password = None
password: str
password: string
password = getpass()
password=os.environ["PW"]
password = "password"
password = "<password>"
password: "your password"
password = "********"
password = input("Password: ")
"password": "Enter your password"
passwordField = "user_password"
password_label = "Your password"
token = self.get_token()
token = request.headers["X"]
token = "your-token-here"
api_key = "YOUR_API_KEY"
api_key = "xxxxxxxxxxxx"
api_key=api_key
secret = settings.SECRET
"token_type": "bearer"
token_url = "https://x/token"
secret_name: "my-secret"
secretKeyRef:\n  name: db-secret
key: value
key = "username"
"key": "user.name"
primary_key = "user_id"
cache_key = "users:list:page"
sort_key = "created_at"
public_key = "ssh-rsa AAAAB3NzaC1"
password_hash = hash_password(password)
if password is None:
password must be at least 8 characters
Password: {message}
password=%s
password = f"{user}pw"
passwordInput.sendKeys(password)
const password = req.body.password;
$password = $_POST["password"];
String token = tokenizer.nextToken();
token = tokens[i]
Token(type=NAME)
max_tokens: 4096
csrf_token = form.csrf_token
secret: process.env.SECRET
auth: { user: user }
auth = AuthService()
"auth": "required"
authType = "basic"
session_key = "session"
token = "access_token"
"password": "string"
password: example
password = "test"
"access_token": "string"
pass: "passed"
key="data-toggle"
secret_arn = "arn:aws:secretsmanager:us-east-1:1:secret:x"
token: ${ secrets.GITHUB_TOKEN }
password: !vault |
password: { vault_db }
--token-file /x/y
passwd: files systemd
password_reset_token = generate()
key = event.key
keyCode: 13
hash = "sha256"
"hash": "md5"
salt = os.urandom(16)
signature = inspect.signature(fn)
setPassword(newPassword)
password="" # none
<input type="password" name="password">
<label for="password">Password</label>
token = "{csrf}"
passwordEncoder = new BCryptPasswordEncoder()
PasswordAuthentication yes
auth_backends = "django.contrib.auth"
import secret_manager
SECRET_HEADER = "X-Secret"
TOKEN_KEY = "auth.token"
token = "Bearer "
api_key = config.get("api_key")
api_key: !Ref ApiKey
API_KEY = "API_KEY"
credentials: include
credentials = "same-origin"
credentials=Credentials.from_file(x)
"secret": false
secret = "secret"
"""

_WORDS = ("Summer2024!", "hunter22", "Tr0ub4dor&3", "qwe123rty", "s3cr3tP@ss", "MyS3cretPwd")
_SETS = (("0123456789abcdef", 32), ("0123456789abcdef", 40), (string.ascii_letters + string.digits, 24),
         (string.ascii_letters + string.digits + "+/", 40), (string.ascii_letters + string.digits + "-_", 20))  # fmt: skip


def _lines(block: str) -> list[str]:
    return [line.replace("\\n", "\n") for line in block.strip().splitlines()]


def credentials(seed: int) -> Iterator[Sample]:
    """Each template with passwords, or with tokens of five kinds."""
    rng = random.Random(seed)
    for template in _lines(_PASSWORDS):
        for value in _WORDS:
            yield _sample(template, value)
    for template in _lines(_TOKENS):
        for alphabet, size in _SETS:
            yield _sample(template, "".join(rng.choices(alphabet, k=size)))


def _sample(template: str, value: str) -> Sample:
    return Sample(template.replace("{v}", value), rule=template, source="assignment", values=(value,))


def harmless() -> Iterator[Sample]:
    """Placeholders, templates, types, calls and names."""
    return (Sample(line, source="harmless") for line in _lines(_HARMLESS))
