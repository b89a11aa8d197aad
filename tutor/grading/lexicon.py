"""What English words have to do with one another: irregular forms, near-synonyms, opposites. Written for this grader.

Each line of SAME is a group of words that learners use for one another in short answers; each line of OPPOSITE
has two sides, and a word of one side contradicts a word of the other. A word may stand in several lines.
"""

from __future__ import annotations

from functools import lru_cache


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


GLUE = _set("""
a an the this that these those it its itself they them their theirs he him his she her hers we us our ours you your yours i me my
mine who whom whose which what when where why how there here is are was were be been being am do does did doing done has have had
having will would shall should can could may might must of in on at by for from to with into onto as about than then so and or if
because since while but
""")
# Words that hardly ever decide whether an answer is right.
STOP = GLUE | _set("""
one ones also too very just such some any another much many s t re ve ll d m get gets got getting go goes going went gone thing
things something like kind sort way really actually basically think thought believe guess know said say means mean answer
cause cuz
""")
# Words that carry a little meaning: they count, but less than others.
LIGHT = _set("more most less least all both each same other only own always up down out")
NEGATION = _set("""
not no never none nothing nobody nowhere neither nor cannot without dont doesnt didnt isnt arent wasnt werent wont cant couldnt
wouldnt shouldnt hasnt havent hadnt aint hardly barely
""")
_COUNTED = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty
"""
NUMBER_WORDS = {word: str(value) for value, word in enumerate(_COUNTED.split())} | {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
    "hundred": "100", "thousand": "1000", "million": "1000000",
}

FORMS = """
be am is are was were been; go goes went gone; have has had; do does did done; make made; take took taken; get got gotten
give gave given; see saw seen; find found; know knew known; grow grew grown; blow blew blown; throw threw thrown; fly flew flown
draw drew drawn; show shown; break broke broken; speak spoke spoken; wake woke; freeze froze frozen; choose chose chosen
rise rose risen; drive drove driven; write wrote written; ride rode ridden; hide hid hidden; bite bit bitten; eat ate eaten
fall fell fallen; hold held; keep kept; feel felt; leave left; mean meant; lose lost; build built; send sent; spend spent
bend bent; lend lent; sink sank sunk; drink drank drunk; ring rang rung; sing sang sung; begin began begun; swim swam swum
run ran; come came; become became; sit sat; stand stood; understand understood; tell told; sell sold; bring brought
think thought; buy bought; catch caught; teach taught; fight fought; seek sought; light lit; slide slid; feed fed; lead led
meet met; bleed bled; breed bred; read; spread; wear wore worn; tear tore torn; swear swore; bear bore born; stick stuck
strike struck; hang hung; spin spun; swing swung; dig dug; win won; shoot shot; forget forgot forgotten; shake shook shaken
lie lay lain; pay paid; lay laid; say said; hear heard; sleep slept; sweep swept; creep crept; deal dealt; melt molten
shrink shrank shrunk; tooth teeth; foot feet; mouse mice; leaf leaves; half halves; life lives; wolf wolves; child children
man men; woman women; person people; datum data; matrix matrices; vertex vertices; index indices; axis axes; hypothesis hypotheses
vibrate vibration vibrating; good better best; bad worse worst; far farther further; little less least; many more most
die dead death; live alive life; dry dryness dried; heavy heavier heaviest; high higher highest; big bigger biggest
low lower lowest
fast faster fastest; slow slower slowest; hot hotter hottest; loud louder loudest loudly
large larger largest; small smaller smallest
long longer longest; short shorter shortest; tight tighter tightest; loose looser; thick thicker; thin thinner
hard harder hardest
soft softer; dim dimmer; bright brighter; deep deeper; warm warmer; cold colder; cool cooler; strong stronger; weak weaker
dense denser densest density; clear clearer; near nearer; close closer; great greater greatest; easy easier
light lighter lightest
early earlier; late later; quick quicker quickly; wide wider; narrow narrower; steep steeper; smooth smoother; rough rougher
"""

SAME = """
big large huge great giant
small little tiny short
fast quick rapid speedy swift speed
slow gradual
increase rise grow raise gain climb
increase more higher bigger greater larger
decrease fall drop reduce shrink lower diminish decline lessen
decrease less fewer smaller lower
high tall
loud noisy volume
noise sound
dim dull faint darker
bright shiny brilliant strong
hot warm heated heat
cold cool chilly chilled
heat warmth thermal temperature
begin start commence initiate
end finish stop terminate halt
stop prevent block hinder keep
make create produce form cause generate build
cause lead result make because due reason
change alter vary modify differ become turn
different vary differ difference distinct unlike unequal
same equal identical alike similar equivalent match
similar alike resemble like
show indicate demonstrate prove reveal display tell
see look observe notice view watch spot
sight see vision eye
tell determine know identify decide find figure
find discover detect locate
test try experiment check trial
measure weigh count
weight mass heavy weigh
amount quantity number volume much
size length height dimension big
push press shove force
pull tug drag draw
move motion travel go shift movement
rotate spin turn revolve circle around
around circle circular
bend flex curve bendable
curve bent curved arc rounded
joint articulate articulated hinge
break crack burst split shatter broken rupture
broken damaged burned burnt faulty defective fail bad
burn burnt burned
damage harm hurt injure destroy ruin
protect guard shield defend safe cover
hold carry support contain bear keep
contain include have hold consist comprise inside
contract shrink tighten squeeze shorten
expand stretch swell enlarge grow spread
relax loosen rest
evaporate vaporize vapor evaporation
vapor gas steam
condense condensation condensed
liquid water fluid
dissolve mix disappear dissolved soluble
mix combine mixture blend stir together
mixture solution
saturated full
separate divide apart split disconnect
connect join attach link touch joined
remove take eliminate delete extract
add put include insert
put place set position lay
place location spot area position site where
leave remain stay left
left remaining
rest remainder
material substance matter stuff
object thing item
rock stone mineral
sand soil dirt earth ground
mineral rock
scratch scrape mark
hard solid tough firm
soft squishy
hardness hard
wear erode weather worn
carry transport move bring
erosion erode
deposit drop settle sediment
bottom floor base under
top surface upper
float buoyant
sink drown
dense density compact
air gas oxygen atmosphere
food nutrient nutrition energy sugar
plant seed sprout grow
seed embryo
animal organism creature
organism animal plant creature living
live survive alive living exist
survive live viable hatch
die dead kill
environment habitat surroundings condition
optimum best ideal optimal perfect
range limit
tolerate tolerance tolerant
response react respond reaction reply
stimulus stimulate cause signal
message signal information
brain nerve nervous
muscle tendon
skeleton bone
bug insect mosquito
fingerprint print
pattern design
light bulb lamp
bulb lamp light
battery cell
circuit path loop
path route pathway way
closed complete
open incomplete broken gap
gap break open hole
terminal end node
state electrical
voltage volt potential
current electricity flow electric
electricity electric electrical
switch
series
parallel
energy power
string cord wire rope
pitch tone note frequency
vibrate vibration shake wave
tension tight tightness
far distance away further distant
near close next beside adjacent nearby
distance far length
time long duration period
long length lengthy
before earlier prior previous
after later following then
always every constant
constant steady unchanged fixed same stable
sometimes may might
correct right true accurate proper
incorrect wrong false inaccurate error mistake
exact precise accurate specific
standard common unit
understand know comprehend
communicate tell share talk
people person someone everyone
help aid assist allow
allow let permit enable can able
need require must necessary
use apply employ utilize
important necessary essential key
compare comparison contrast
example instance
reason explanation because why
result outcome effect consequence
effect influence affect impact
depend rely dependent
data information evidence result
evidence proof clue
average mean
most majority
many several multiple
few several
all every each whole entire
whole entire complete full total
total sum whole
part piece portion section fraction
half
inside within in internal inner into
outside out external outer
over above
under below beneath
through across via
front forward ahead
back backward backwards behind
side
straight direct
color colour
red reddish
shape form
round circular sphere spherical
ball sphere bead
bead dome drop droplet ball
drop droplet
flat spread level
thin narrow slim
thick wide
smooth even
rough bumpy
sharp pointed pointy
empty nothing
hollow hole empty
hole opening gap
cover coat coating layer
layer level
sun sunlight solar
ray beam
reflect bounce
absorb soak take
shadow shade
day daytime
night
year annual
earth world planet
magnet magnetic magnetism
attract pull stick
repel push
metal iron steel
wood wooden
salt salty
sugar
acid acidic vinegar
bubble fizz gas
chemical
reaction react
egg
leaf vein
root
egg hatch
child kid
mom mother
dad father
house home
job function role purpose task
function purpose job
purpose goal aim
work function operate
control regulate
independent
variable factor
graph chart plot
estimate guess predict approximate
predict forecast guess expect
probability chance likelihood odds likely
likely probable
random chance
value number
answer solution
problem issue
error loss mistake
big high
network net
neuron unit
layer
weight parameter coefficient
learn train fit
training learning
gradient slope derivative
slope gradient steepness steep
step update
rate speed
sample subset example observation
variance spread variability
variability spread variance
token word piece
vector embedding
sequence order series
order sequence
choose select pick
score logit
input
output result
memory storage
store save keep
compute calculate work
calculation computation
function method procedure routine
method way approach technique
call invoke
variable
element item member entry
list array
first initial start beginning
last final end
next following
pointer reference address
reference pointer
loop iterate repeat iteration
repeat again iterate
packet message data
send transmit sent
receive get arrive received
lose drop lost
collision collide
wait delay
delay latency wait
price cost
cost price expense expensive
buy purchase demand
sell supply
money cash income
rich wealthy
poor
profit gain earnings
tax
trade exchange
worker labor
reward payoff return gain
agent player
explore try
exploit best
policy strategy
future later
bias biased
fair equal
guess
ignore skip disregard
avoid prevent stop
hide mask
mask hide
overfit memorize
zero 0 nothing none
divide split quotient ratio
multiply times product scale
product multiply
subtract minus
add plus sum
square squared
root sqrt
grow increase
shrink decrease
double twice
half halve
enough sufficient adequate
extra additional more
maximum max most highest largest peak
minimum min least lowest smallest
positive plus
negative minus
fat thick wide big
long big far
heavy large big dense
light small thin
bubble fizz fizzy foam carbon dioxide gas
lead conduct conductor
conductor conduct metal wire
insulator insulate rubber plastic
absorb attract take soak collect trap
absorb heat warm
dark black darkest
black dark
white pale light bright
light sunlight sun
area space surface amount
particle grain piece bit molecule
tiny microscopic small fine
coarse rough big large
fine small thin
grind crush smash pound mash powder
strain filter sift screen sieve
filter catch trap
crystal shape cube pattern
square box cube rectangle
triangle triangular
circle round ring loop
middle center centre central halfway between
edge side border rim boundary
corner angle
line row stripe band
layer sheet film
tip point end
top peak summit
level height
steep slope hill incline
downhill down hill slope
mountain hill
river stream creek water
flow run move stream
flood overflow
wave vibrate ripple
shake vibrate tremble wobble jiggle move
pluck strum hit
hit strike bump tap bang knock crash
kick hit
catch grab hold
throw toss launch pitch
launch start throw
release let free drop give emit
drop let
lift raise pull hoist elevate pick
load weight object mass
effort force work strength power energy
force power push pull strength
strength power strong force
easy simple effortless less
hard difficult tough
lever bar
pulley
work effort force
advantage benefit help good
disadvantage drawback problem bad
benefit gain advantage help
method technique procedure way process
process procedure step way
procedure step instruction direction
plan design
fair same equal
control same constant hold keep
standard control reference baseline unit compare
standard same common
compare relate
inch centimeter meter unit
unit measure measurement
hand finger
finger hand thumb
arm hand leg limb
foot leg toe
bone skeleton
spine backbone spinal vertebra
skull head
rib chest
protect keep safe
cage shell
organ heart lung
internal inside
eye see sight
ear hear listen
hear listen sound
nose smell
tongue taste
touch feel contact
contact touch point
skin
message signal impulse
reach get arrive
travel go move carry
farther longer more
take need require
need want require
grow develop form become
develop form grow
form shape make become develop
begin grow sprout
baby young small new
young baby little
plant tree flower crop
stem stalk
leaf needle
cotyledon food
embryo baby plant
food feed eat nutrient
feed eat nourish provide supply
eat consume feed chew
provide give supply offer
give supply provide
supply source provide
source supply origin
store hold save keep stock
shelter home house protection
home house shelter
survive stay live
grass plant
predator hunter
prey
breathe air oxygen
gas carbon dioxide air
oxygen air
wind air
cloud rain
rain water
weather climate
ice frozen freeze
freeze solid ice
frost ice
melt liquid
boil bubble heat steam
dry evaporate
wet water damp moist
moisture water wet vapor
fog condensation vapor mist
sugar sweet
pure only just
mixture combine solution
crystal crystallize
left remain behind leftover
disappear gone vanish dissolve invisible
vanish disappear
clear see transparent invisible through
cloudy murky
visible see seen
appear look seem show
seem look appear
look appear seem see
color dye pigment ink
pigment color
separate come apart spread
spread separate scatter out
split apart separate
come go arrive
go move travel come
happen occur
occur happen
event
continue still keep stay remain
still continue keep
stay remain keep still
keep stay hold continue
once after when
during while
finish complete end done
complete full finish whole
fill full
empty drain
shut close off
off out
burn out off
lit light on shine glow
shine glow light
glow shine
hook connect attach wire clip
wire connect cord
clip connect
contact connect
face toward point
opposite different other reverse
opposite across
reverse opposite backward flip
turn rotate spin
turn change become
cause make
due cause reason because
result cause end
lead guide
affect change influence
matter affect
depend vary
interact react
react respond change
mix react
match same fit equal
fit match
equal balanced even
balance even equal
group set kind class
class group type category
type kind sort category
kind type
property feature characteristic trait
characteristic property trait feature
feature attribute property
sample piece specimen
record write note
write record print
read look
picture image photo drawing
model represent
represent stand show mean
label name mark
mark label line
name call
number amount count
total amount
amount much volume
capacity volume hold
space room volume area
room space
pressure push force
press push pressure
squeeze press compress push
compress squeeze press
narrow small thin
tight narrow
short small little
tall high long big
high up
low down
rise up higher
raise up lift
fall down drop
sink down bottom
float up
above up higher
add more
extra more
more extra greater
increase add gain
gain get increase
lose lower less decrease
reduce less lower
less small low little lower
slow less
fast more
strong more
weak less little
heat hot
cool less
temperature hot cold warm heat
degree temperature
thermometer temperature
second time
minute time
hour time
often frequent
frequent often
rare seldom
usual normal typical
normal regular usual
regular normal
special unique different
unique different special distinct
particular specific certain
certain sure specific
sure certain
clue evidence sign
sign clue indicate symptom
prove show
support prove
guess think
idea thought concept
opinion idea
agree yes true right
disagree no
wrong incorrect bad
wear rub erode
rub scrape friction
friction rub
smooth round
sharp jagged rough
loose free
stick attach hold cling
stuck stick attach
attach stick
magnet iron metal steel
metal aluminum copper
clay soil mud
mud clay dirt
sediment sand dirt particle rock material
pebble rock gravel stone
gravel rock
boulder rock
land ground earth
ocean sea water
lake water
beach shore coast
canyon valley
valley canyon
delta
morning sunrise
evening sunset afternoon
rotate turn orbit move
orbit revolve circle
moon
star
light ray beam
block stop cover
shade shadow
cast make
energy electricity heat
electron current
flow current move travel
path circuit
share split divide
divide share
own separate individual individually
individual single separate
single one alone
alone only single
only just
independent separate alone
multiple several more
double two
equation formula
formula expression
term word
calculate find
graph line
axis
straight line
pattern repeat
cycle repeat loop
average typical
typical average
range spread between within
within inside between range
limit maximum bound
bound limit
extreme
minimum
tolerance stand survive
help make
let allow make
able can
stop keep
instead rather
replace substitute swap exchange switch
switch change
swap exchange
copy duplicate repeat
duplicate copy
original first
new fresh
old previous
update change adjust
adjust change tune
tune adjust
fix repair correct solve
solve fix answer
check test verify
verify check confirm
confirm check
compute find
search find look
lookup find search
scan search
match find
build make
construct build make
create build
destroy kill ruin
delete remove
cut remove slice trim
trim cut
drop remove
discard drop throw remove
keep save
save store
load read
write store
share common
common same usual shared
fraction proportion share percentage part ratio
proportion fraction ratio percentage
percentage percent
ratio fraction divide
sum add total
mean average expected
expected mean average
expect predict
deviation spread error distance
deviate differ vary
scatter spread
noise random error
random noise chance
likelihood probability
posterior
belief probability
evidence data observation
observe measure
significant
hypothesis claim
claim statement say
model network
train fit learn optimize
optimize minimize improve
improve better
better improve good
worse bad
accurate good right
accuracy correct
generalize new unseen
unseen new
memorize remember overfit
remember memorize recall
forget lose
attend attention look focus
focus attention look weigh
query question
key
context surrounding
position order place index
index position
dimension size length component
component element part entry
length norm magnitude size
magnitude size length
norm length magnitude
direction way
angle direction
scale multiply stretch size factor
factor multiple times
normalize scale divide
rescale scale normalize
sharp peaked confident
peaked sharp concentrated
concentrate focus peaked
flat uniform even smooth
uniform even equal flat same
saturate max flat
zero vanish
vanish shrink disappear zero small
explode grow blow big huge
converge settle reach
diverge explode
stable steady
unstable diverge
reward prize payoff
value worth return
worth value
discount reduce shrink
greedy best
action move choice
choice option decision
option choice
decide choose
decision choice
state situation
price value
raise increase
cheap low
expensive high costly
costly expensive
consumer buyer customer
buyer customer
seller supplier producer firm
firm company business
company business
worker employee
wage pay salary income
pay spend
spend pay
save
surplus extra
shortage lack
lack missing without need
missing lack absent
scarce rare limited
limited few scarce
give offer
offer give
afford pay
prefer like want
want wish desire like
like prefer
"""

OPPOSITE = """
up upward rise rises ascend higher | down downward fall falls descend lower
increase rise grow raise gain expand | decrease fall drop reduce shrink decline lower diminish
more greater higher larger bigger | less fewer lower smaller
most maximum highest largest | least minimum lowest smallest
high higher tall taller | low lower short shorter
big bigger large larger huge great greater | small smaller little tiny
long longer lengthen | short shorter shorten
fast faster quick quickly rapid | slow slower slowly
hot hotter warm warmer heat heats | cold colder cool cooler cools
loud louder | quiet quieter soft softer silent
bright brighter | dim dimmer dark darker
light lighter | heavy heavier
light lighter | dark darker
hard harder | soft softer
hard harder difficult | easy easier
strong stronger strengthen | weak weaker weaken
tight tighter tighten tightened | loose looser loosen
thick thicker | thin thinner
wide wider | narrow narrower
deep deeper | shallow shallower
dense denser | sparse
rough rougher | smooth smoother
sharp | blunt dull
open opened incomplete broken | closed close complete
connected connect attached joined touching | disconnected separated separate unconnected detached disconnect apart
on | off
inside within internal inner | outside external outer
above over top upper | below under beneath bottom lower underneath
front forward forwards | back backward backwards behind
left | right
before earlier early | after later late
first begin beginning start initial | last end final finish stop
start begin starts | stop end stops
always | never
all every everything everyone always each | none no nothing nobody never
all | some none
many | few
some | none
same equal identical alike | different unequal unlike differ
similar | different dissimilar
true correct right | false incorrect wrong
positive | negative
plus add addition | minus subtract subtraction
multiply | divide
push pushes pushed pushing | pull pulls pulled pulling
attract attracts | repel repels
float floats | sink sinks sank
expand expands expanded swell stretch | contract contracts contracted shrink compress
contract contracts | relax relaxes
freeze freezes froze frozen solidify | melt melts thaw
evaporate evaporates evaporated evaporation | condense condenses condensed condensation
dissolve dissolves dissolved | precipitate settle
solid | liquid
solid | gas
liquid | gas
grow grows growing | shrink shrinks die dies
live lives alive living survive survives | die dies dead
wet moist | dry
full | empty
clear transparent | cloudy opaque
near nearer close closer nearby | far farther further away
give gives | take takes
send sends | receive receives
push | pop
gain gains | lose loses
win | lose
buy | sell
demand | supply
absorb absorbs | reflect reflects release releases emit emits
add adds added put | remove removes removed
protect | harm
possible can able | impossible cannot unable
even | odd
parallel | series
north | south
east | west
day | night
summer | winter
conductor conducts | insulator insulates
magnetic | nonmagnetic
living | nonliving
acid acidic | base basic
old older | new newer
old older | young younger
rich richer | poor poorer
cheap cheaper | expensive
with | without
minimum minimize minimise minimizes | maximum maximize maximise maximizes
ascending | descending
constant unchanged same steady stay stays | change changes varies vary changed
dependent dependently | independent independently
mutable | immutable
finite | infinite
static | dynamic
private | public
local | global
input | output
encode encoder encrypt | decode decoder decrypt
numerator | denominator
row rows | column columns
cause causes | effect
overestimate overestimates overstate | underestimate underestimates understate
overfit overfits overfitting | underfit underfits underfitting
bias | variance
train training | test testing
supervised | unsupervised
prior | posterior
linear | nonlinear
discrete | continuous
explore exploration | exploit exploitation
forget | remember
forward | backward
vanish vanishes shrinks | explode explodes grows
stable | unstable
necessary needed | unnecessary unneeded
include includes | exclude excludes
accept accepts | reject rejects
allow allows enable | prevent prevents forbid block
succeed success | fail failure fails
better best improve improves | worse worst worsen
good | bad
safe | dangerous unsafe
reliable | unreliable
guaranteed guarantee | unguaranteed
exact exactly | approximate approximately
directly direct | indirectly indirect
question | answer
cooler | warmer
sunrise | sunset
horizontal | vertical
clockwise | counterclockwise
convex | concave
odd | even
opposite | same
male | female
man | woman
top | bottom
upper | lower
together | apart separately
less | more
"""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(";", "\n").splitlines() if line.strip()]


@lru_cache(maxsize=1)
def _bases() -> dict[str, str]:
    bases: dict[str, str] = {}
    for line in _lines(FORMS):
        first, *others = line.split()
        for form in others:
            bases.setdefault(form, first)
    return bases


def base_form(word: str) -> str:
    """`froze` -> `freeze`; a regular word comes back as it is."""
    return _bases().get(word, word)


@lru_cache(maxsize=1)
def groups() -> dict[str, frozenset[int]]:
    """Stem -> numbers of the SAME groups it stands in."""
    from tutor.grading.words import stem

    found: dict[str, set[int]] = {}
    for number, line in enumerate(_lines(SAME)):
        for word in line.split():
            found.setdefault(stem(word), set()).add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


@lru_cache(maxsize=1)
def opposites() -> dict[str, frozenset[str]]:
    """Stem -> stems that contradict it."""
    from tutor.grading.words import stem

    found: dict[str, set[str]] = {}
    for line in _lines(OPPOSITE):
        left, right = ([stem(word) for word in side.split()] for side in line.split("|"))
        for one, others in ((left, right), (right, left)):
            for word in one:
                found.setdefault(word, set()).update(others)
    return {key: frozenset(words - {key}) for key, words in found.items()}


def knows(stem: str) -> bool:
    """Whether a stem is that of a word listed here, and so hardly a misspelling of another word."""
    return stem in groups() or stem in opposites()
