"""What English words have to do with one another: irregular forms, near-synonyms, opposites. Written for this grader.

Each line of SAME is a group of words that learners use for one another in short answers; each line of OPPOSITE
has two sides, and a word of one side contradicts a word of the other. A word may stand in several lines.
"""

from __future__ import annotations

from functools import lru_cache

STOP = frozenset(
    ["a", "an", "the", "this", "that", "these", "those", "it", "its", "itself", "they", "them", "their", "theirs", "he", "him", "his", "she", "her", "hers", "we", "us", "our", "ours", "you", "your", "yours", "i", "me", "my", "mine", "one", "ones", "who", "whom", "whose", "which", "what", "when", "where", "why", "how", "there", "here", "is", "are", "was", "were", "be", "been", "being", "am", "do", "does", "did", "doing", "done", "has", "have", "had", "having", "will", "would", "shall", "should", "can", "could", "may", "might", "must", "of", "in", "on", "at", "by", "for", "from", "to", "with", "into", "onto", "as", "about", "than", "then", "so", "and", "or", "if", "because", "since", "while", "also", "too", "very", "just", "only", "such", "some", "any", "each", "both", "all", "other", "another", "same", "own", "more", "most", "much", "many", "s", "t", "re", "ve", "ll", "d", "m", "get", "gets", "got", "getting", "go", "goes", "going", "went", "gone", "thing", "things", "something", "like", "kind", "sort", "way", "really", "actually", "basically", "think", "thought", "believe", "guess", "know", "said", "say", "means", "mean", "answer", "because", "cause", "cuz", "but"]
)
# Function words that still carry meaning where the reference has them: they count, but little.
LIGHT = frozenset(["more", "most", "less", "least", "all", "both", "each", "same", "other", "only", "one", "than", "because", "cause", "in", "on", "by", "from", "to", "into", "some", "any"])
NEGATION = frozenset(["not", "no", "never", "none", "nothing", "nobody", "nowhere", "neither", "nor", "cannot", "without", "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "wont", "cant", "couldnt", "wouldnt", "shouldnt", "hasnt", "havent", "hadnt", "aint", "hardly", "barely"])
NUMBER_WORDS = {word: str(value) for value, word in enumerate(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"])}
NUMBER_WORDS |= {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
                 "hundred": "100", "thousand": "1000", "million": "1000000"}

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
die dead death; live alive life; dry dryness dried; heavy heavier heaviest; high higher highest; big bigger biggest; low lower lowest
fast faster fastest; slow slower slowest; hot hotter hottest; loud louder loudest loudly; large larger largest; small smaller smallest
long longer longest; short shorter shortest; tight tighter tightest; loose looser; thick thicker; thin thinner; hard harder hardest
soft softer; dim dimmer; bright brighter; deep deeper; warm warmer; cold colder; cool cooler; strong stronger; weak weaker
dense denser densest density; clear clearer; near nearer; close closer; great greater greatest; easy easier; light lighter lightest
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
in inside within internal inner into | out outside external outer
in into | out
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
    from utils.grading.words import stem

    found: dict[str, set[int]] = {}
    for number, line in enumerate(_lines(SAME)):
        for word in line.split():
            found.setdefault(stem(word), set()).add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


@lru_cache(maxsize=1)
def opposites() -> dict[str, frozenset[str]]:
    """Stem -> stems that contradict it."""
    from utils.grading.words import stem

    found: dict[str, set[str]] = {}
    for line in _lines(OPPOSITE):
        left, right = ([stem(word) for word in side.split()] for side in line.split("|"))
        for one, others in ((left, right), (right, left)):
            for word in one:
                found.setdefault(word, set()).update(others)
    return {key: frozenset(words - {key}) for key, words in found.items()}
